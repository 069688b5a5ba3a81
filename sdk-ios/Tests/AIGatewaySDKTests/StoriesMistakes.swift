// What goes wrong, each with its name: refusals, wrong clocks, wrong servers, wrong input; and what is never printed.

import Foundation
import Testing

@testable import AIGatewaySDK

extension Stories {
    @Test("error_kinds")
    func errorKinds() async throws {
        for expected in world.list.error_kinds {
            let client = try world.client(expected.key) { $0.maxRetries = 0 }
            for _ in 1..<(expected.times ?? 1) {
                _ = try await client.generateText(prompt: "Hello", options: ask(expected.model))
            }
            let whole = try await failure { try await client.generateText(prompt: "Hello", options: ask(expected.model)) }
            let stream = client.streamText(prompt: "Hello", options: ask(expected.model))
            let streamed = try await failure { try await stream.result() }
            for error in [whole, streamed] {
                #expect(snake("\(error.kind)") == expected.kind, "\(error)")
                #expect(error.code == expected.code && error.status == expected.status, "\(error)")
                #expect(word(error.whatToDo) == expected.what_to_do, "\(error)")
                #expect(!error.shown && error.requestId != nil, "\(error)")
                #expect(!error.message.isEmpty && error.localizedDescription == error.message)
                if expected.code == "all_targets_failed" {
                    #expect(error.attempts.map(\.status) == [500, 529])
                }
            }
        }
    }

    @Test("wrong_clock")
    func wrongClock() async throws {
        for url in [world.line.tls.expired_url, world.line.tls.future_url] {
            let client = try secure(url, trusting: true)
            let error = try await failure { try await client.generateText(prompt: "Hello", options: ask("production-chat")) }
            #expect(error.kind == .clock && error.code == "clock", "\(error)")
            #expect(error.message.contains("date") && !error.shown)
        }
    }

    @Test("untrusted")
    func untrusted() async throws {
        let url = world.line.tls.valid_url
        let careful = try secure(url, trusting: false)
        let error = try await failure { try await careful.generateText(prompt: "Hello", options: ask("production-chat")) }
        #expect(error.kind == .untrusted, "\(error)")
        let trusting = try secure(url, trusting: true)
        _ = try await trusting.generateText(prompt: "Hello", options: ask("production-chat"))
        try await trusting.streamText(prompt: "Hello", options: ask("hundred-words")).result()
    }

    private func secure(_ url: String, trusting: Bool) throws -> AIGatewayClient {
        try world.client {
            $0.baseUrl = url
            $0.extraRoots = trusting ? [Data(world.line.tls.root_pem.utf8)] : []
        }
    }

    @Test("bad_input")
    func badInput() async throws {
        let accepted = try await world.tally().accepted
        let live = try #require(world.line.keys["live"])
        for expected in world.list.bad_input {
            var (key, url, prompt, options) = (live, world.line.base_url, "Hello", ask("production-chat"))
            switch expected.code {
            case "empty_key": key = ""
            case "key_malformed": key = "maig_live_..."
            case "key_typo": key = live.dropLast() + (live.hasSuffix("x") ? "y" : "x")
            case "admin_key": key = try #require(world.line.keys["admin"])
            case "provider_key": key = "sk-proj-abc"
            case "not_a_key": key = "hello"
            case "insecure_base_url": url = "http://ai.example.com"
            case "bad_base_url": url = "ai.example.com"
            case "no_model": options.model = ""
            case "empty_prompt": prompt = ""
            case "bad_json_schema": options.jsonSchema = "{"
            case "bad_extra": options.extra = "[1]"
            case "bad_header": options.user = "ann\r\nx-maig-user: bob"
            default: Issue.record("stories.json lists \(expected.code), and this suite does not know it")
            }
            let client = AIGatewayClient(apiKey: key, baseURL: url)
            let (text, request) = (prompt, options)
            let whole = try await failure { try await client.generateText(prompt: text, options: request) }
            let streamed = try await failure { try await client.streamText(prompt: text, options: request).result() }
            for error in [whole, streamed] {
                #expect(error.kind == .badInput && error.code == expected.code, "\(error)")
                #expect(error.whatToDo == .contactSupport && error.message.count > 20, "\(error)")
            }
        }
        #expect(try await world.tally().accepted == accepted, "something was sent")
    }

    @Test("not_maig")
    func notMaig() async throws {
        let cases: [(String, ErrorKind, String)] = [
            ("html", .notMaig, "not_maig"), ("portal", .notMaig, "not_maig"), ("gone", .unavailable, "gateway_away"),
        ]
        for (path, kind, code) in cases {
            let client = try impostor(path) { $0.maxRetries = 0 }
            for error in try await bothFail(client) {
                #expect(error.kind == kind && error.code == code, "\(path): \(error)")
            }
        }
    }

    @Test("endless")
    func endless() async throws {
        for path in ["endless", "frame"] {
            for error in try await bothFail(try impostor(path)) {
                #expect(error.kind == .tooLarge, "\(path): \(error)")
            }
        }
        let hasty = try impostor("dribble") {
            $0.totalTimeout = 0.7
            $0.streamTimeout = 0.7
        }
        for error in try await bothFail(hasty) {
            #expect(error.kind == .timeout, "\(error)")
        }
    }

    private func bothFail(_ client: AIGatewayClient) async throws -> [GatewayError] {
        let stream = client.streamText(prompt: "Hello", options: ask("production-chat"))
        return [
            try await failure { try await client.generateText(prompt: "Hello", options: ask("production-chat")) },
            try await failure { try await stream.result() },
        ]
    }

    private func impostor(_ path: String, _ change: (inout ClientOptions) -> Void = { _ in }) throws -> AIGatewayClient {
        try world.client {
            $0.baseUrl = "\(world.line.impostor_url)/\(path)"
            change(&$0)
        }
    }

    @Test("no_secrets")
    func noSecrets() async throws {
        let prompt = "the-canary-in-the-prompt"
        let client = try world.client()
        var options = ask("down")
        options.system = prompt
        options.messages = [.user(prompt)]
        let stream = client.streamText(prompt: prompt, options: options)
        var printed = "\(client) \(options) \(stream) \(options.messages)"
        for thing in [client, options, stream, options.messages] as [Any] {
            printed += String(reflecting: thing)
        }
        let request = options
        let error = try await failure { try await client.generateText(prompt: prompt, options: request) }
        printed += "\(error) \(String(reflecting: error)) \(error.localizedDescription)"
        #expect(!printed.contains(prompt), "\(printed)")
        #expect(!printed.contains(try #require(world.line.keys["live"])), "\(printed)")
        // The provider repeats what it is asked.
        let answer = try await client.generateText(prompt: prompt, options: ask("production-chat"))
        #expect("\(answer)".contains(prompt), "an answer prints as its text")
    }
}

/// `rateLimited` as `rate_limited`.
private func snake(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
}

private func word(_ whatToDo: WhatToDo) -> String {
    switch whatToDo {
    case .retry: "retry"
    case .wait(let seconds): seconds > 0 ? "wait" : "wait for nothing"
    case .signIn: "sign_in"
    case .updateApp: "update_app"
    case .contactSupport: "contact_support"
    }
}
