// The world of the stories as this suite sees it: the line that `maig-stories` printed, its control port and its provider.
// It must never use the client under test for its own requests.

package com.maig.sdk

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.withContext
import java.io.File
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeMark
import kotlin.time.TimeSource

/** The world that `cargo xtask test kotlin` started. */
object World {
    private val line: Json = Json.parse(
        File(System.getenv("MAIG_STORIES") ?: error("MAIG_STORIES names no world: run `cargo xtask test kotlin`")).readText(),
    )

    /** stories.json. Maven runs tests in the folder of the POM. */
    val list: Json = Json.parse(File("../tests/stories/stories.json").readText())

    private val http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()

    /** A text of the line: `base_url`, `keys.live`, …. */
    fun say(path: String): String = path.split('.').fold(line) { value, name -> value[name] }.text

    /** An app's client, over the bad network. */
    fun client(key: String = "live", change: ClientOptions.() -> Unit = {}): AIGatewayClient =
        AIGatewayClient(say("keys.$key"), options = ClientOptions(baseUrl = say("base_url")).apply(change))

    // ── the control port ──

    suspend fun network(conditions: String) {
        request("PUT", say("control_url") + "/network", conditions)
    }

    /** Good weather. */
    suspend fun calm() = network("{}")

    suspend fun gateway(order: String) {
        request("POST", say("control_url") + "/gateway", order)
    }

    /** A number of `GET /network`. */
    suspend fun tally(name: String): Int = Json.parse(request("GET", say("control_url") + "/network"))[name].number

    // ── the provider ──

    /** Makes providers behave: `{"gpt-4o": "503"}`; this goes before what routes say. Null: as they would by themselves. */
    suspend fun script(script: String?) {
        request(if (script == null) "DELETE" else "PUT", say("provider_url") + "/_sim/script", script)
    }

    suspend fun requests(): List<Json> = Json.parse(request("GET", say("provider_url") + "/_sim/requests"))["requests"].list

    /** How many requests reached a provider so far. */
    suspend fun asked(): Int = requests().size

    suspend fun waitUntilAsked(count: Int) = until("the provider was asked") { asked() >= count }

    private suspend fun departed(): List<Json> =
        Json.parse(request("GET", say("provider_url") + "/_sim/state"))["departures"].list

    suspend fun departures(): Int = departed().size

    /** How long after [since] the provider saw departure number [count]. */
    suspend fun departure(count: Int, since: TimeMark): Duration {
        var after = Duration.INFINITE
        until("the provider saw the end") {
            val seen = departed()
            val now = since.elapsedNow()
            (seen.size >= count).also { gone -> if (gone) after = now - seen.last()["ago_ms"].number.milliseconds }
        }
        return after
    }

    private suspend fun until(what: String, holds: suspend () -> Boolean) {
        val began = TimeSource.Monotonic.markNow()
        while (!holds()) {
            assertTrue(began.elapsedNow() < 10.seconds, "$what: never")
            delay(5.milliseconds)
        }
    }

    private suspend fun request(method: String, address: String, body: String? = null): String = withContext(Dispatchers.IO) {
        val publisher = body?.let(HttpRequest.BodyPublishers::ofString) ?: HttpRequest.BodyPublishers.noBody()
        val request = HttpRequest.newBuilder(URI(address)).header("content-type", "application/json")
        val answer = http.send(request.method(method, publisher).build(), HttpResponse.BodyHandlers.ofString())
        assertTrue(answer.statusCode() in 200..299, "$method $address: ${answer.statusCode()} ${answer.body()}")
        answer.body()
    }
}

/** What the routes with words in their names say. */
fun words(count: Int): String = (0 until count).joinToString(" ") { "word$it" }

/** One request of a route. */
fun ask(route: String): GenerateOptions = GenerateOptions(model = route)

/** What a call throws, if it throws a GatewayException. */
suspend fun failure(call: suspend () -> Any?): GatewayException {
    val answer = try {
        call()
    } catch (error: GatewayException) {
        return error
    }
    throw AssertionError("it was answered: $answer")
}
