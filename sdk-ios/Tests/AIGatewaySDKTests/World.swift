// The world of the stories as this suite sees it: the line that `maig-stories` printed, its control port and its provider.
// It must never use the client under test for its own requests.

import Foundation
import Testing

@testable import AIGatewaySDK

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

struct World: Sendable {
    let line: Line
    let list: List

    /// The world that `cargo xtask test swift` started.
    static let shared: World = {
        guard let path = ProcessInfo.processInfo.environment["MAIG_STORIES"] else {
            fatalError("MAIG_STORIES names no world: run `cargo xtask test swift`")
        }
        let here = URL(fileURLWithPath: #filePath)
        let root = (0..<4).reduce(here) { folder, _ in folder.deletingLastPathComponent() }
        let list = root.appendingPathComponent("tests/stories/stories.json")
        do {
            return World(
                line: try JSONDecoder().decode(Line.self, from: Data(contentsOf: URL(fileURLWithPath: path))),
                list: try JSONDecoder().decode(List.self, from: Data(contentsOf: list))
            )
        } catch {
            fatalError("the world cannot be read: \(error)")
        }
    }()

    struct Line: Decodable {
        let base_url, control_url, provider_url, impostor_url: String
        let tls: Tls
        let keys: [String: String]

        struct Tls: Decodable {
            let root_pem, valid_url, expired_url, future_url: String
        }
    }

    /// stories.json.
    struct List: Decodable {
        let error_kinds: [ErrorCase]
        let bad_input: [InputCase]

        struct ErrorCase: Decodable {
            let key, model, kind, code, what_to_do: String
            let status: Int
            let times: Int?
        }

        struct InputCase: Decodable {
            let code: String
        }
    }

    /// An app's client, over the bad network.
    func client(_ key: String = "live", _ change: (inout ClientOptions) -> Void = { _ in }) throws -> AIGatewayClient {
        var options = ClientOptions(baseUrl: line.base_url)
        change(&options)
        return AIGatewayClient(apiKey: try #require(line.keys[key]), options: options)
    }

    // ── the control port ──

    func network(_ conditions: String) async throws {
        try await http("PUT", line.control_url + "/network", conditions)
    }

    /// Good weather.
    func calm() async throws {
        try await network("{}")
    }

    func gateway(_ order: String) async throws {
        try await http("POST", line.control_url + "/gateway", order)
    }

    struct Tally: Decodable {
        let accepted, dropped: Int
    }

    func tally() async throws -> Tally {
        try JSONDecoder().decode(Tally.self, from: await http("GET", line.control_url + "/network"))
    }

    // ── the provider ──

    private struct Requests: Decodable {
        let requests: [Request]

        struct Request: Decodable {
            let headers: [String: String]
        }
    }

    /// The headers of all requests that reached a provider so far.
    func requests() async throws -> [[String: String]] {
        let seen = try await http("GET", line.provider_url + "/_sim/requests")
        return try JSONDecoder().decode(Requests.self, from: seen).requests.map(\.headers)
    }

    func asked() async throws -> Int {
        try await requests().count
    }

    func waitUntilAsked(_ count: Int) async throws {
        try await until("the provider was asked") { try await asked() >= count }
    }

    private struct State: Decodable {
        let departures: [Departure]

        struct Departure: Decodable {
            let ago_ms: Int
        }
    }

    private func departed() async throws -> [State.Departure] {
        let state = try await http("GET", line.provider_url + "/_sim/state")
        return try JSONDecoder().decode(State.self, from: state).departures
    }

    func departures() async throws -> Int {
        try await departed().count
    }

    /// How long after `since` the provider saw departure number `count`.
    func departure(_ count: Int, after since: ContinuousClock.Instant) async throws -> Duration {
        var at: ContinuousClock.Instant?
        try await until("the provider saw the end") {
            let seen = try await departed()
            let now = ContinuousClock.now
            guard seen.count >= count, let last = seen.last else { return false }
            at = now - .milliseconds(last.ago_ms)
            return true
        }
        return try #require(at) - since
    }

    // ── by hand ──

    private func until(_ what: String, _ holds: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(10)
        while try await !holds() {
            try #require(ContinuousClock.now < end, "\(what): never")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @discardableResult
    private func http(_ method: String, _ address: String, _ body: String? = nil) async throws -> Data {
        var request = URLRequest(url: try #require(URL(string: address)))
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        request.setValue("application/json", forHTTPHeaderField: "content-type")
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        try #require((200..<300).contains(status), "\(method) \(address): \(status) \(String(decoding: data, as: UTF8.self))")
        return data
    }
}

/// What the routes with words in their names say.
func words(_ count: Int) -> String {
    (0..<count).map { "word\($0)" }.joined(separator: " ")
}

/// One request of a route.
func ask(_ route: String) -> GenerateOptions {
    GenerateOptions(model: route)
}

extension AsyncIteratorProtocol where Element == String {
    /// The next pieces, joined.
    mutating func read(_ pieces: Int) async throws -> String {
        var text = ""
        for _ in 0..<pieces {
            text += try #require(try await next())
        }
        return text
    }
}

/// What a call throws, if it throws a GatewayError.
func failure<Value>(_ call: () async throws -> Value) async throws -> GatewayError {
    do {
        _ = try await call()
    } catch {
        return try #require(error as? GatewayError, "it threw \(error)")
    }
    throw WasAnswered()
}

struct WasAnswered: Error {}
