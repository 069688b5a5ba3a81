// The class that an app makes. It gives the Rust client Swift's idiom, above all: a cancelled task reaches the provider.
// It must never decide anything that the Rust client decides: retries, reconnection and errors are the same everywhere.

/// A gateway, seen from an app: one client for the whole app is enough.
///
/// ```swift
/// let client = AIGatewayClient(apiKey: "maig_live_…")
/// do {
///     let response = try await client.generateText(
///         prompt: "Say hello.",
///         options: GenerateOptions(model: "production-chat")
///     )
///     print(response)
/// } catch let error as GatewayError {
///     print(error.localizedDescription, error.whatToDo)
/// }
/// ```
///
/// Making one neither connects nor fails: a key with a typo or a wrong address is told by the first call.
/// The app's version, platform, bundle id and an installation id are sent along, for the gateway's rules and limits.
public final class AIGatewayClient: Sendable {
    private let raw: RawClient

    /// - Parameters:
    ///   - apiKey: The project key, `maig_live_…`. Never a provider's key: those stay on the gateway.
    ///   - baseURL: Where your gateway is: `https://ai.example.com`. If absent: `MAIGBaseURL` in Info.plist, then the
    ///     environment's `MAIG_BASE_URL`, then `http://127.0.0.1:8080` (not on a device, where no gateway can run).
    ///   - options: Timeouts, retries, who uses the app; each has a default that suits an app.
    public init(apiKey: String, baseURL: String? = nil, options: ClientOptions = ClientOptions()) {
        var options = options
        options.baseUrl = baseURL ?? options.baseUrl
        raw = RawClient(apiKey: apiKey, options: Device.fill(options))
    }

    /// A whole answer.
    ///
    /// What can be tried again (no network, an overloaded gateway) was tried again already, with growing waits.
    /// Cancelling the task that waits here cancels the request, up to the provider.
    ///
    /// - Parameters:
    ///   - prompt: What the user says. May be empty where ``GenerateOptions/messages`` say it all.
    ///   - options: The route or model, and everything else about the request.
    /// - Throws: ``GatewayError``, or `CancellationError` if the task was cancelled.
    public func generateText(prompt: String, options: GenerateOptions) async throws -> GenerateResponse {
        let cancel = RawCancel()
        return try await withTaskCancellationHandler {
            do {
                return try await raw.generate(prompt: prompt, options: options, cancel: cancel)
            } catch {
                throw outcome(of: error)
            }
        } onCancel: {
            cancel.cancel()
        }
    }

    /// An answer as it is written, piece by piece.
    ///
    /// ```swift
    /// let stream = client.streamText(prompt: "Tell me a story.", options: GenerateOptions(model: "production-chat"))
    /// for await chunk in stream {
    ///     text += chunk
    /// }
    /// try await stream.result()   // throws what cut the answer off, if anything did
    /// ```
    ///
    /// Nothing is sent before the first piece is asked for. A lost connection is no end: the client comes back by
    /// itself and goes on where it was, with nothing lost and nothing twice, as long as the gateway holds the answer.
    /// Leaving the loop, cancelling the task and ``TextStream/cancel()`` cancel the request, up to the provider.
    public func streamText(prompt: String, options: GenerateOptions) -> TextStream {
        TextStream(raw.stream(prompt: prompt, options: options))
    }
}
