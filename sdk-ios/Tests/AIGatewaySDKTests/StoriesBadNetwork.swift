// What an app goes through in lifts, trains and aeroplanes, and when its gateway or a provider ends.

import Testing

@testable import AIGatewaySDK

extension Stories {
    @Test("cut")
    func cut() async throws {
        let asked = try await world.asked()
        let stream = try world.client().streamText(prompt: "Go on", options: ask("cut"))
        var text = ""
        for await piece in stream {
            text += piece
        }
        #expect(!text.isEmpty && words(20).hasPrefix(text))
        #expect(!stream.isComplete)
        let error = try #require(stream.error as? GatewayError)
        #expect(error.kind == .interrupted && error.code == "stream_interrupted")
        #expect(error.shown && error.whatToDo == .retry)
        await #expect(throws: GatewayError.self) { try await stream.result() }
        #expect(try await world.asked() == asked + 1)
        // The strict loop throws it.
        let strict = try world.client().streamText(prompt: "Go on", options: ask("cut"))
        let thrown = try await failure { for try await _ in strict.throwing {} }
        #expect(thrown.code == "stream_interrupted" && thrown.shown)
    }

    @Test("retry")
    func retry() async throws {
        // Lost before the first byte of the answer: asked anew.
        let client = try world.client()
        for streamed in [false, true] {
            try await world.network(#"{"drops": 1, "after": [1, 1]}"#)
            let answer =
                streamed
                ? try await client.streamText(prompt: "Hello", options: ask("hundred-words")).result()
                : try await client.generateText(prompt: "Hello", options: ask("hundred-words"))
            #expect(answer.text == words(100))
        }
        // Without resumption, lost after the first piece: never.
        try await world.calm()
        let asked = try await world.asked()
        let stream = try world.client("live") { $0.resume = false }.streamText(prompt: "Hello", options: ask("slow-words"))
        var pieces = stream.makeAsyncIterator()
        _ = try await pieces.read(3)
        try await world.network(#"{"weather": "gone"}"#)
        let error = try await failure { try await stream.result() }
        #expect(error.kind == .interrupted && error.shown)
        #expect(try await world.asked() == asked + 1)
    }

    @Test("drops")
    func drops() async throws {
        for seed in [7, 8] {
            let (asked, dropped) = (try await world.asked(), try await world.tally().dropped)
            try await world.network(#"{"drops": 20, "after": [700, 3000], "seed": \#(seed)}"#)
            let stream = try world.client().streamText(prompt: "Go on", options: ask("many-words"))
            var text = ""
            for await piece in stream {
                text += piece
            }
            #expect(text == words(600))
            let answer = try await stream.result()
            #expect(answer.text == text && answer.reconnects >= 19)
            #expect(try await world.tally().dropped == dropped + 20)
            #expect(try await world.asked() == asked + 1)
            try await world.calm()
        }
    }

    @Test("stall")
    func stall() async throws {
        let client = try world.client("live") { $0.idleTimeout = 1 }
        let stream = client.streamText(prompt: "Go on", options: ask("many-words"))
        var pieces = stream.makeAsyncIterator()
        var text = try await pieces.read(3)
        try await world.network(#"{"weather": "stalled"}"#)
        let world = world
        async let clears: Void = {
            try await Task.sleep(for: .seconds(2))
            try await world.calm()
        }()
        while let piece = await pieces.next() {
            text += piece
        }
        try await clears
        #expect(text == words(600))
        #expect(try await stream.result().reconnects >= 1)
    }

    @Test("asleep")
    func asleep() async throws {
        let asked = try await world.asked()
        let stream = try world.client().streamText(prompt: "Go on", options: ask("slow-words"))
        var pieces = stream.makeAsyncIterator()
        var text = try await pieces.read(5)
        try await world.network(#"{"weather": "gone"}"#)
        try await Task.sleep(for: .seconds(20))
        try await world.calm()
        let woke = ContinuousClock.now
        while let piece = await pieces.next() {
            text += piece
        }
        #expect(text == words(400))
        #expect(ContinuousClock.now - woke < .seconds(10))
        try await stream.result()
        #expect(try await world.asked() == asked + 1)
    }

    @Test("grace_over")
    func graceOver() async throws {
        try await world.gateway(#"{"what": "restart", "grace_s": 1}"#)
        let stream = try world.client().streamText(prompt: "Go on", options: ask("slow-words"))
        var pieces = stream.makeAsyncIterator()
        _ = try await pieces.read(3)
        try await world.network(#"{"weather": "gone"}"#)
        try await Task.sleep(for: .seconds(3))
        try await world.calm()
        let error = try await failure { try await stream.result() }
        #expect(error.kind == .interrupted && error.code == "stream_expired")
        #expect(error.shown && error.whatToDo == .retry)
        try await world.gateway(#"{"what": "restart"}"#)
    }

    @Test("gateway_restart")
    func gatewayRestart() async throws {
        let client = try world.client("live") { $0.maxRetries = 8 }
        let stream = client.streamText(prompt: "Go on", options: ask("slow-words"))
        var pieces = stream.makeAsyncIterator()
        _ = try await pieces.read(3)
        try await world.gateway(#"{"what": "stop"}"#)
        // A call while it is away: it is back before the last retry.
        async let during = client.generateText(prompt: "Hello", options: ask("production-chat"))
        try await Task.sleep(for: .milliseconds(200))
        try await world.gateway(#"{"what": "start"}"#)
        _ = try await during
        let error = try await failure { try await stream.result() }
        #expect(error.kind == .interrupted && error.shown)
        _ = try await client.generateText(prompt: "Hello", options: ask("production-chat"))
    }

    @Test("airplane_mode")
    func airplaneMode() async throws {
        let client = try world.client()
        _ = try await client.generateText(prompt: "Hello", options: ask("production-chat"))
        try await world.network(#"{"weather": "gone"}"#)
        let began = ContinuousClock.now
        let whole = try await failure { try await client.generateText(prompt: "Hello", options: ask("production-chat")) }
        let stream = client.streamText(prompt: "Hello", options: ask("production-chat"))
        let streamed = try await failure { try await stream.result() }
        for error in [whole, streamed] {
            #expect(error.kind == .network && !error.shown && error.status == nil)
            #expect(error.whatToDo == .retry && error.recoverySuggestion == "Try again.")
        }
        #expect(ContinuousClock.now - began < .seconds(5))
        try await world.calm()
        _ = try await client.generateText(prompt: "Hello", options: ask("production-chat"))
    }
}
