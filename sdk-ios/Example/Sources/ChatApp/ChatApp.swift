// The example app's views. The gateway's address is `MAIGBaseURL` in Info.plist, or the environment's `MAIG_BASE_URL`; the
// key is the project's, which may be in an app: it opens nothing but the gateway's routes.

#if canImport(SwiftUI)
    import AIGatewaySDK
    import Chat
    import Foundation
    import SwiftUI

    @main
    struct ChatApp: App {
        @State private var chat = Chat(
            client: AIGatewayClient(apiKey: ProcessInfo.processInfo.environment["MAIG_KEY"] ?? "maig_live_...")
        )

        var body: some Scene {
            WindowGroup { ChatView(chat: chat) }
        }
    }

    struct ChatView: View {
        let chat: Chat
        @State private var prompt = ""

        var body: some View {
            VStack(spacing: 0) {
                ScrollView {
                    LazyVStack(alignment: .leading, spacing: 12) {
                        ForEach(chat.turns) { turn in TurnView(turn: turn) }
                        if let offer = chat.offer {
                            HStack {
                                Text(offer)
                                Button("Again") { chat.tryAgain() }
                            }
                            .foregroundStyle(.secondary)
                        }
                    }
                    .padding()
                }
                .defaultScrollAnchor(.bottom)
                Divider()
                HStack {
                    TextField("Message", text: $prompt).onSubmit(send)
                    if chat.isAnswering {
                        Button("Stop") { chat.stop() }
                    } else {
                        Button("Send", action: send).disabled(prompt.isEmpty)
                    }
                }
                .padding()
            }
        }

        private func send() {
            guard !prompt.isEmpty, !chat.isAnswering else { return }
            chat.say(prompt)
            prompt = ""
        }
    }

    struct TurnView: View {
        let turn: Turn

        var body: some View {
            Text(turn.text)
                .padding(10)
                .background(turn.speaker == .user ? Color.accentColor.opacity(0.2) : Color.secondary.opacity(0.1))
                .clipShape(RoundedRectangle(cornerRadius: 12))
                .frame(maxWidth: .infinity, alignment: turn.speaker == .user ? .trailing : .leading)
                .accessibilityLabel("\(turn.speaker == .user ? "You" : "Answer"): \(turn.text)")
        }
    }
#else
    // Where there is no SwiftUI the conversation is still had: in the terminal.
    import AIGatewaySDK
    import Chat
    import Foundation

    @main
    struct ChatApp {
        @MainActor
        static func main() async {
            let key = ProcessInfo.processInfo.environment["MAIG_KEY"] ?? "maig_live_..."
            let chat = Chat(client: AIGatewayClient(apiKey: key))
            while let prompt = readLine(), !prompt.isEmpty {
                chat.say(prompt)
                await chat.finish()
                print(chat.turns.last?.text ?? "")
                if let offer = chat.offer { print(offer) }
            }
        }
    }
#endif
