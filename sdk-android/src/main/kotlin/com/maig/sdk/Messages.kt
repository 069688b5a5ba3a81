// The four kinds of messages by name, as a conversation is written down.

package com.maig.sdk

/** Instructions for the model. */
public fun systemMessage(text: String): Message = Message(Role.SYSTEM, text)

/** What the user said. */
public fun userMessage(text: String, images: List<ImageInput> = emptyList()): Message =
    Message(Role.USER, text, images = images)

/** What the model said. */
public fun assistantMessage(text: String, toolCalls: List<ToolCall> = emptyList()): Message =
    Message(Role.ASSISTANT, text, toolCalls = toolCalls)

/** What a tool gave back for a call of the model's. */
public fun toolMessage(callId: String, result: String): Message =
    Message(Role.TOOL, result, toolCallId = callId)
