// A stream of text whose loop cannot throw, with its outcome beside it. It must never end in silence: what cut an answer
// off is kept, and told by `result()`, `error` and `throwing`.

import Foundation

/// An answer, piece by piece. Read it once, from one task.
///
/// The loop ends where the answer ends, also where it was cut off: ask ``result()`` which of the two it was.
///
/// ```swift
/// for await chunk in stream {
///     text += chunk
/// }
/// do {
///     let response = try await stream.result()
///     print(response.finishReason)
/// } catch {
///     print("The answer was cut off:", error.localizedDescription)
/// }
/// ```
public struct TextStream: AsyncSequence, Sendable {
    public typealias Element = String

    private let reading: Reading

    init(_ raw: RawTextStream) {
        reading = Reading(raw)
    }

    /// What ended the stream, if it was not the end of the answer: a ``GatewayError``, or a `CancellationError`.
    /// `nil` while it runs, and after a complete answer.
    public var error: (any Error)? {
        guard case .failure(let error) = reading.outcome else { return nil }
        return error
    }

    /// Whether the whole answer came. True only when the gateway said so.
    public var isComplete: Bool {
        guard case .success = reading.outcome else { return false }
        return true
    }

    /// Ends the request, up to the provider. A loop that waits for the next piece ends at once.
    public func cancel() {
        reading.raw.cancel()
    }

    /// Reads what is left, and gives the whole answer: all of the text, usage, finish reason, which model answered.
    ///
    /// - Throws: What cut the answer off: a ``GatewayError``, or a `CancellationError`.
    @discardableResult
    public func result() async throws -> GenerateResponse {
        try await reading.finish()
    }

    /// The same pieces for `for try await`, whose loop throws where the answer was cut off.
    public var throwing: Throwing {
        Throwing(reading: reading)
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(loop: Loop(reading))
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let loop: Loop

        /// The next piece, or `nil` at the end and where the answer was cut off.
        public mutating func next() async -> String? {
            try? await loop.reading.next()
        }
    }

    /// The strict form of a ``TextStream``.
    public struct Throwing: AsyncSequence, Sendable {
        public typealias Element = String

        fileprivate let reading: Reading

        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(loop: Loop(reading))
        }

        public struct AsyncIterator: AsyncIteratorProtocol {
            fileprivate let loop: Loop

            /// The next piece, or `nil` at the end of a complete answer.
            public mutating func next() async throws -> String? {
                try await loop.reading.next()
            }
        }
    }
}

/// One loop over the stream. It is a class so that leaving the loop early cancels the request, although the app may
/// still hold the stream.
private final class Loop {
    let reading: Reading

    init(_ reading: Reading) {
        self.reading = reading
    }

    deinit {
        reading.raw.cancel()
    }
}

/// The Rust stream, and what became of it.
private final class Reading: Sendable {
    let raw: RawTextStream
    private let state = Locked<Result<GenerateResponse, any Error>?>(nil)

    init(_ raw: RawTextStream) {
        self.raw = raw
    }

    var outcome: Result<GenerateResponse, any Error>? {
        state.value
    }

    func next() async throws -> String? {
        if let chunk = try await kept({ try await raw.next() }) {
            return chunk
        }
        // The loop's end and the outcome belong together: whoever leaves the loop finds it set.
        _ = try await finish()
        return nil
    }

    func finish() async throws -> GenerateResponse {
        let response = try await kept { try await raw.finish() }
        state.value = .success(response)
        return response
    }

    /// Runs a call to Rust so that a cancelled task ends it, and keeps what it throws.
    private func kept<Value: Sendable>(_ call: () async throws -> Value) async throws -> Value {
        do {
            return try await withTaskCancellationHandler(operation: call) { raw.cancel() }
        } catch {
            let reason = AIGatewaySDK.outcome(of: error)
            state.value = .failure(reason)
            throw reason
        }
    }
}

/// A value that several threads may read and set.
private final class Locked<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var stored: Value

    init(_ value: Value) {
        stored = value
    }

    var value: Value {
        get { lock.withLock { stored } }
        set { lock.withLock { stored = newValue } }
    }
}
