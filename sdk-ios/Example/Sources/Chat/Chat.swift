// What the example app knows: the conversation, and what to offer when an answer fails. It must never draw: the views do.

import AIGatewaySDK

#if canImport(SwiftUI)
    import Observation
#endif

/// Something that was said.
public struct Turn: Identifiable, Sendable {
    public enum Speaker: Sendable { case user, model }

    public let id: Int
    public let speaker: Speaker
    public var text: String
}

/// A conversation with a route of the gateway.
@MainActor
#if canImport(SwiftUI)
    // Views follow it. On Linux, where there are none, Swift 6.0's Observation does not link.
    @Observable
#endif
public final class Chat {
    public private(set) var turns: [Turn] = []
    /// Whether an answer is being written.
    public private(set) var isAnswering = false
    /// What to offer after an answer that did not come, or not whole.
    public private(set) var offer: String?

    private let client: AIGatewayClient
    private let route: String
    private var answering: Task<Void, Never>?

    public init(client: AIGatewayClient, route: String = "production-chat") {
        self.client = client
        self.route = route
    }

    /// Says something and lets the answer appear as it is written.
    public func say(_ prompt: String) {
        guard !isAnswering else { return }
        let before = messages
        add(.user, prompt)
        answer(prompt: prompt, after: before)
    }

    /// Asks again for an answer that did not come whole.
    public func tryAgain() {
        guard !isAnswering, let question = turns.lastIndex(where: { $0.speaker == .user }) else { return }
        turns.removeSubrange((question + 1)...)
        answer(prompt: turns[question].text, after: messages.dropLast())
    }

    /// Ends the answer, up to the provider. What came stays.
    public func stop() {
        answering?.cancel()
    }

    /// Waits for the answer that is being written.
    public func finish() async {
        await answering?.value
    }

    private var messages: [Message] {
        turns.map { turn in
            switch turn.speaker {
            case .user: .user(turn.text)
            case .model: .assistant(turn.text)
            }
        }
    }

    private func answer(prompt: String, after messages: [Message]) {
        offer = nil
        isAnswering = true
        let stream = client.streamText(prompt: prompt, options: GenerateOptions(model: route, messages: messages))
        answering = Task {
            let answer = add(.model, "")
            for await chunk in stream {
                turns[answer].text += chunk
            }
            do {
                try await stream.result()
            } catch let error as GatewayError {
                offer = Self.offer(for: error)
            } catch {
                // The user stopped it.
            }
            isAnswering = false
        }
    }

    @discardableResult
    private func add(_ speaker: Turn.Speaker, _ text: String) -> Int {
        turns.append(Turn(id: turns.count, speaker: speaker, text: text))
        return turns.count - 1
    }

    private static func offer(for error: GatewayError) -> String {
        switch error.whatToDo {
        case .retry: "Try again."
        case .wait(let seconds): "Try again in \(seconds) s."
        case .signIn: "Sign in and try again."
        case .updateApp: "Update the app."
        case .contactSupport: "Contact support\(error.requestId.map { " and name \($0)" } ?? "")."
        }
    }
}
