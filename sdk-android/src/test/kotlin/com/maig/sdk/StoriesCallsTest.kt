// What an app does when everything is well. All stories are told in stories.json, under these names.

package com.maig.sdk

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.last
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.TimeMark
import kotlin.time.TimeSource

@Suppress("FunctionName")
class StoriesCallsTest {
    @BeforeTest
    fun calm() = runBlocking { World.calm() }

    @Test
    fun text() = runBlocking {
        val answer = World.client().generateText("Why is the sky blue?", ask("production-chat"))
        assertTrue(answer.text.isNotEmpty() && "$answer" == answer.text)
        assertEquals(FinishReason.Stop, answer.finishReason)
        assertTrue(assertNotNull(answer.usage).totalTokens > 0)
        assertTrue(!answer.fallback && answer.attempts == 1 && answer.requestId.isNotEmpty())
        assertTrue(answer.servedBy == "openai/gpt-4o" && answer.model.startsWith("gpt-4o"))
    }

    @Test
    fun fallback() = runBlocking {
        val client = World.client()
        val whole = client.generateText("Hello", ask("rescued"))
        val streamed = client.streamEvents("Hello", ask("rescued")).last()
        for (answer in listOf(whole, assertIs<StreamEvent.Finished>(streamed).response)) {
            assertTrue(answer.fallback && answer.attempts == 2, "${answer.attempts}")
            assertEquals("anthropic/claude-sonnet-4-5", answer.servedBy)
        }
    }

    @Test
    fun stream() = runBlocking {
        val began = TimeSource.Monotonic.markNow()
        var first: Duration? = null
        val events = mutableListOf<StreamEvent>()
        World.client().streamEvents("Go on", ask("hundred-words")).collect { event ->
            first = first ?: began.elapsedNow()
            events.add(event)
        }
        assertTrue(assertNotNull(first) < began.elapsedNow() / 2, "the first piece came after $first")
        val answer = assertIs<StreamEvent.Finished>(events.removeLast()).response
        val pieces = events.map { assertIs<StreamEvent.Text>(it).text }
        assertEquals(100, pieces.size)
        assertEquals(words(100), pieces.joinToString(""))
        assertTrue(answer.text == words(100) && answer.finishReason == FinishReason.Stop && answer.reconnects == 0)
        assertTrue(assertNotNull(answer.usage).completionTokens > 0 && answer.servedBy != null)
        // The plain form gives the same text.
        val texts = World.client().streamText("Go on", ask("hundred-words")).toList()
        assertEquals(words(100), texts.joinToString(""))
    }

    @Test
    fun conversation() = runBlocking {
        val client = World.client()
        val options = ask("production-chat").copy(
            system = "Be brief.",
            messages = listOf(userMessage("Hello"), assistantMessage("Hello to you")),
            images = listOf(ImageInput.Bytes(byteArrayOf(-119, 80, 78, 71, 13, 10, 26, 10), "image/png")),
            tools = listOf(
                Tool(
                    name = "weather",
                    description = "The weather in a city.",
                    parameters = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""",
                ),
            ),
            toolChoice = ToolChoice.Required,
            maxTokens = 200,
            temperature = 0.5,
        )
        val whole = client.generateText("What is the weather here?", options)
        val streamed = client.streamEvents("What is the weather here?", options).last()
        for (answer in listOf(whole, assertIs<StreamEvent.Finished>(streamed).response)) {
            assertEquals(FinishReason.ToolCalls, answer.finishReason)
            val call = answer.toolCalls.first()
            assertTrue(call.name == "weather" && call.id.isNotEmpty() && Json.parse(call.arguments)["city"].isText)
        }
        val call = whole.toolCalls.first()
        val answer = client.generateText(
            "",
            options.copy(
                messages = options.messages + assistantMessage("", listOf(call)) + toolMessage(call.id, "sunny"),
                images = emptyList(),
                toolChoice = ToolChoice.Never,
            ),
        )
        assertTrue(answer.finishReason == FinishReason.Stop && answer.text.isNotEmpty())

        val schema =
            """{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}"""
        val number = client.generateText("A number", ask("production-chat").copy(jsonSchema = schema))
        assertTrue(Json.parse(number.text)["n"].isNumber)
    }

    @Test
    fun app_identity() = runBlocking {
        val client = World.client("per_user") {
            appVersion = "2.4.0"
            platform = "android"
            installId = "install-1"
            user = "ann"
        }
        // This key refuses requests without a user: what is answered had one.
        client.generateText("Hello", ask("production-chat"))
        assertEquals(emptyList(), World.requests().last()["headers"].names.filter { it.startsWith("x-maig") })
        World.client("per_user").generateText("Hello", ask("production-chat").copy(user = "bob"))
        Unit
    }

    @Test
    fun unread_stream() = runBlocking {
        val asked = World.asked()
        val stream = World.client().streamText("Hello", ask("hundred-words"))
        delay(300.milliseconds)
        assertEquals(asked, World.asked())
        stream.take(1).toList()
        assertEquals(asked + 1, World.asked())
    }

    @Test
    fun cancel() = runBlocking(Dispatchers.Default) {
        val (asked, left) = World.asked() to World.departures()
        val client = World.client()

        // A whole answer.
        val call = async { client.generateText("Hello", ask("silent")) }
        World.waitUntilAsked(asked + 1)
        var gone = TimeSource.Monotonic.markNow()
        call.cancel()
        endedAtOnce(left + 1, gone)
        assertFailsWith<CancellationException> { call.await() }

        // A stream before its first piece: before and after the gateway has sent its head.
        for ((number, wait) in listOf(2 to 200, 3 to 1500)) {
            val collecting = launch { client.streamText("Hello", ask("silent")).collect { error("$it came") } }
            World.waitUntilAsked(asked + number)
            delay(wait.milliseconds)
            gone = TimeSource.Monotonic.markNow()
            collecting.cancel()
            endedAtOnce(left + number, gone)
        }

        // And one in its middle, by taking no more.
        val pieces = client.streamText("Hello", ask("slow-words")).take(3).toList()
        endedAtOnce(left + 4, TimeSource.Monotonic.markNow())
        assertEquals(3, pieces.size)
    }

    private suspend fun endedAtOnce(departures: Int, gone: TimeMark) {
        val after = World.departure(departures, gone)
        assertTrue(after <= 100.milliseconds, "the provider saw the end after $after")
    }

    @Test
    fun `a closed client says so`() = runBlocking {
        val client = World.client()
        client.use { it.generateText("Hello", ask("production-chat")) }
        assertFailsWith<IllegalStateException> { client.generateText("Hello", ask("production-chat")) }
        // Closing what was never used loads nothing.
        AIGatewayClient("").close()
    }

    @Test
    fun `an exception of the collector is the collector's`() = runBlocking {
        val own = assertFailsWith<IllegalArgumentException> {
            World.client().streamText("Go on", ask("hundred-words")).collect { throw IllegalArgumentException("own") }
        }
        assertEquals("own", own.message)
    }
}
