// The class that an app makes. It gives the Rust client Kotlin's idiom: suspend functions, Flow, AutoCloseable.
// It must never decide anything that the Rust client decides: retries, reconnection and errors are the same everywhere.

package com.maig.sdk

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.withContext

/**
 * A gateway, seen from an app: one client for the whole app is enough.
 *
 * ```kotlin
 * val client = AIGatewayClient(apiKey = "maig_live_…")
 * try {
 *     val response = client.generateText(
 *         prompt = "Say hello.",
 *         options = GenerateOptions(model = "production-chat")
 *     )
 *     println(response)
 * } catch (error: GatewayException) {
 *     println("${error.message} ${error.whatToDo}")
 * }
 * ```
 *
 * Making one neither connects nor fails: a key with a typo or a wrong address is told by the first call. All of it may
 * be called from the main thread. The app's version, platform, package name and an installation id are sent along, for
 * the gateway's rules and limits.
 *
 * @param apiKey the project key, `maig_live_…`. Never a provider's key: those stay on the gateway.
 * @param baseUrl where your gateway is: `https://ai.example.com`. If absent: the manifest's `com.maig.sdk.BASE_URL`, then
 *   the environment's `MAIG_BASE_URL`, then `http://127.0.0.1:8080` (not on a device, where no gateway can run).
 * @param options timeouts, retries, who uses the app; each has a default that suits an app.
 */
public class AIGatewayClient(
    apiKey: String,
    baseUrl: String? = null,
    options: ClientOptions = ClientOptions(),
) : AutoCloseable {
    @Volatile
    private var closed = false

    // Loading the library and reading the installation id take a while; neither may hold up the thread that draws.
    private val lazyRaw = lazy {
        RawClient(apiKey, thisDevice().fill(options.copy(baseUrl = baseUrl ?: options.baseUrl)))
    }

    /**
     * A whole answer.
     *
     * What can be tried again (no network, an overloaded gateway) was tried again already, with growing waits.
     * Cancelling the coroutine cancels the request, up to the provider.
     *
     * @param prompt what the user says. May be empty where [GenerateOptions.messages] say it all.
     * @param options the route or model, and everything else about the request.
     * @throws GatewayException if there is no answer.
     */
    public suspend fun generateText(prompt: String, options: GenerateOptions): GenerateResponse {
        val raw = raw()
        return typed { raw.generate(prompt, options, null) }
    }

    /**
     * An answer as it is written, piece by piece.
     *
     * ```kotlin
     * try {
     *     client.streamText(prompt = "Tell me a story.", options = GenerateOptions(model = "production-chat"))
     *         .collect { chunk -> text += chunk }
     * } catch (error: GatewayException) {
     *     // Not all of the answer came: what did is in `text`.
     * }
     * ```
     *
     * Each `collect` is one request. A lost connection is no end: the client comes back by itself and goes on where it
     * was, with nothing lost and nothing twice, as long as the gateway holds the answer. Where an answer is cut off,
     * `collect` throws a [GatewayException]. Cancelling the coroutine cancels the request, up to the provider.
     */
    public fun streamText(prompt: String, options: GenerateOptions): Flow<String> =
        streamEvents(prompt, options).mapNotNull { event -> (event as? StreamEvent.Text)?.text }

    /** The same as [streamText], and after the last piece the whole answer: usage, finish reason, which model answered. */
    public fun streamEvents(prompt: String, options: GenerateOptions): Flow<StreamEvent> = flow {
        val stream = raw().stream(prompt, options)
        try {
            while (true) {
                val text = typed { stream.next() } ?: break
                emit(StreamEvent.Text(text))
            }
            emit(StreamEvent.Finished(typed { stream.finish() }))
        } finally {
            stream.cancel()
            stream.close()
        }
    }

    /** Gives the connections back. Running calls go on to their end; a later call is an [IllegalStateException]. */
    override fun close() {
        closed = true
        if (lazyRaw.isInitialized()) lazyRaw.value.close()
    }

    private suspend fun raw(): RawClient {
        check(!closed) { "This AIGatewayClient was closed: make a new one." }
        return if (lazyRaw.isInitialized()) lazyRaw.value else withContext(Dispatchers.IO) { lazyRaw.value }
    }
}

/** What a stream gives: pieces of text, and after the last one the whole answer. */
public sealed interface StreamEvent {
    /** The next piece. */
    public data class Text(public val text: String) : StreamEvent

    /** The end of a complete answer. */
    public data class Finished(public val response: GenerateResponse) : StreamEvent
}
