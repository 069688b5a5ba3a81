// The four kinds of messages by name, as a conversation is written down.

extension Message {
    /// Instructions for the model.
    public static func system(_ text: String) -> Message {
        Message(role: .system, text: text)
    }

    /// What the user said.
    public static func user(_ text: String, images: [ImageInput] = []) -> Message {
        Message(role: .user, text: text, images: images)
    }

    /// What the model said.
    public static func assistant(_ text: String, toolCalls: [ToolCall] = []) -> Message {
        Message(role: .assistant, text: text, toolCalls: toolCalls)
    }

    /// What a tool gave back for a call of the model's.
    public static func tool(callId: String, result: String) -> Message {
        Message(role: .tool, text: result, toolCallId: callId)
    }
}
