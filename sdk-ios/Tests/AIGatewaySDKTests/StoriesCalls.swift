// What an app does when everything is well. All stories are told in stories.json; here they are told one after another,
// since they share a network.

import Foundation
import Testing

@testable import AIGatewaySDK

@Suite(.serialized)
struct Stories {
    let world = World.shared

    init() async throws {
        try await world.calm()
    }
}

extension Stories {
    @Test("text")
    func text() async throws {
        let answer = try await world.client().generateText(prompt: "Why is the sky blue?", options: ask("production-chat"))
        #expect(!answer.text.isEmpty && "\(answer)" == answer.text)
        #expect(answer.finishReason == .stop)
        #expect(try #require(answer.usage).totalTokens > 0)
        #expect(!answer.fallback && answer.attempts == 1 && !answer.requestId.isEmpty)
        #expect(answer.servedBy == "openai/gpt-4o" && answer.model.hasPrefix("gpt-4o"))
    }

    @Test("fallback")
    func fallback() async throws {
        let client = try world.client()
        let whole = try await client.generateText(prompt: "Hello", options: ask("rescued"))
        let streamed = try await client.streamText(prompt: "Hello", options: ask("rescued")).result()
        for answer in [whole, streamed] {
            #expect(answer.fallback && answer.attempts == 2 && answer.servedBy == "anthropic/claude-sonnet-4-5")
        }
    }

    @Test("stream")
    func stream() async throws {
        let stream = try world.client().streamText(prompt: "Go on", options: ask("hundred-words"))
        let began = ContinuousClock.now
        var first: Duration?
        var pieces: [String] = []
        for await piece in stream {
            first = first ?? ContinuousClock.now - began
            pieces.append(piece)
            #expect(!stream.isComplete && stream.error == nil)
        }
        let all = ContinuousClock.now - began
        #expect(try #require(first) < all / 2)
        #expect(pieces.count == 100 && pieces.joined() == words(100))
        // Known without asking: whoever leaves the loop finds the outcome.
        #expect(stream.isComplete && stream.error == nil)
        let answer = try await stream.result()
        #expect(answer.text == words(100) && answer.finishReason == .stop && answer.reconnects == 0)
        #expect(try #require(answer.usage).completionTokens > 0)
        #expect(answer.servedBy != nil)
        for await piece in stream {
            Issue.record("an end is an end, and \(piece) came")
        }
        // The strict form gives the same.
        var strict = ""
        for try await piece in try world.client().streamText(prompt: "Go on", options: ask("hundred-words")).throwing {
            strict += piece
        }
        #expect(strict == words(100))
    }

    @Test("conversation")
    func conversation() async throws {
        let client = try world.client()
        var options = ask("production-chat")
        options.system = "Be brief."
        options.messages = [.user("Hello"), .assistant("Hello to you")]
        options.images = [.bytes(data: Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), mediaType: "image/png")]
        options.tools = [
            Tool(
                name: "weather",
                description: "The weather in a city.",
                parameters: #"{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"#
            )
        ]
        options.toolChoice = .required
        options.maxTokens = 200
        options.temperature = 0.5
        let whole = try await client.generateText(prompt: "What is the weather here?", options: options)
        let streamed = try await client.streamText(prompt: "What is the weather here?", options: options).result()
        for answer in [whole, streamed] {
            #expect(answer.finishReason == .toolCalls)
            let call = try #require(answer.toolCalls.first)
            let arguments = try JSONDecoder().decode([String: String].self, from: Data(call.arguments.utf8))
            #expect(call.name == "weather" && !call.id.isEmpty && arguments["city"] != nil)
        }
        let call = try #require(whole.toolCalls.first)
        options.messages += [.assistant("", toolCalls: [call]), .tool(callId: call.id, result: "sunny")]
        options.images = []
        options.toolChoice = .never
        let answer = try await client.generateText(prompt: "", options: options)
        #expect(answer.finishReason == .stop && !answer.text.isEmpty)

        var json = ask("production-chat")
        json.jsonSchema =
            #"{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}"#
        let number = try await client.generateText(prompt: "A number", options: json)
        _ = try #require(try JSONDecoder().decode([String: Int].self, from: Data(number.text.utf8))["n"])
    }

    @Test("app_identity")
    func appIdentity() async throws {
        let client = try world.client("per_user") {
            $0.appVersion = "2.4.0"
            $0.platform = "ios"
            $0.installId = "install-1"
            $0.user = "ann"
        }
        // This key refuses requests without a user: what is answered had one.
        _ = try await client.generateText(prompt: "Hello", options: ask("production-chat"))
        let told = try #require(try await world.requests().last).keys.filter { $0.hasPrefix("x-maig") }
        #expect(told.isEmpty)
        var other = ask("production-chat")
        other.user = "bob"
        _ = try await world.client("per_user").generateText(prompt: "Hello", options: other)
    }

    @Test("unread_stream")
    func unreadStream() async throws {
        let asked = try await world.asked()
        let stream = try world.client().streamText(prompt: "Hello", options: ask("hundred-words"))
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await world.asked() == asked)
        var pieces = stream.makeAsyncIterator()
        _ = try await pieces.read(1)
        #expect(try await world.asked() == asked + 1)
    }

    @Test("cancel")
    func cancel() async throws {
        let (asked, left) = (try await world.asked(), try await world.departures())
        let client = try world.client()

        // A whole answer, by its task.
        let call = Task { try await client.generateText(prompt: "Hello", options: ask("silent")) }
        try await world.waitUntilAsked(asked + 1)
        var gone = ContinuousClock.now
        call.cancel()
        try await endedAtOnce(left + 1, gone)
        await #expect(throws: CancellationError.self) { try await call.value }

        // A stream before its first piece, by its task and by itself: before and after the gateway has sent its head.
        for (number, wait) in [(2, 200), (3, 1500)] {
            let stream = client.streamText(prompt: "Hello", options: ask("silent"))
            let loop = Task {
                for await piece in stream {
                    Issue.record("\(piece) came")
                }
            }
            try await world.waitUntilAsked(asked + number)
            try await Task.sleep(for: .milliseconds(wait))
            gone = ContinuousClock.now
            if number == 2 { loop.cancel() } else { stream.cancel() }
            try await endedAtOnce(left + number, gone)
            await loop.value
            #expect(stream.error is CancellationError && !stream.isComplete)
        }

        // And one in its middle, by leaving the loop while the stream is still there.
        let stream = client.streamText(prompt: "Hello", options: ask("slow-words"))
        var pieces = 0
        for await _ in stream {
            pieces += 1
            if pieces == 3 { break }
        }
        try await endedAtOnce(left + 4, .now)
        await #expect(throws: CancellationError.self) { try await stream.result() }
    }

    private func endedAtOnce(_ departures: Int, _ gone: ContinuousClock.Instant) async throws {
        let after = try await world.departure(departures, after: gone)
        #expect(after <= .milliseconds(100))
    }
}
