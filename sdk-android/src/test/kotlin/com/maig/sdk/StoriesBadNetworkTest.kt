// What an app goes through in lifts, trains and aeroplanes, and when its gateway or a provider ends.

package com.maig.sdk

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.last
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

@Suppress("FunctionName")
class StoriesBadNetworkTest {
    @BeforeTest
    fun calm() = runBlocking { World.calm() }

    /** Collects all of an answer; [after] runs once, when so many pieces have come. */
    private suspend fun read(
        client: AIGatewayClient,
        route: String,
        pieces: Int,
        text: StringBuilder = StringBuilder(),
        after: suspend () -> Unit,
    ): GenerateResponse {
        var seen = 0
        val last = client.streamEvents("Go on", ask(route)).onEach { event ->
            if (event is StreamEvent.Text) {
                text.append(event.text)
                if (++seen == pieces) after()
            }
        }.last()
        return assertIs<StreamEvent.Finished>(last).response
    }

    @Test
    fun cut() = runBlocking {
        val asked = World.asked()
        val text = StringBuilder()
        val error = failure { World.client().streamText("Go on", ask("cut")).collect { text.append(it) } }
        assertTrue(text.isNotEmpty() && words(20).startsWith(text.toString()), "$text")
        assertTrue(error.kind == ErrorKind.INTERRUPTED && error.code == "stream_interrupted", "$error")
        assertTrue(error.shown && error.whatToDo == WhatToDo.Retry, "$error")
        assertEquals(asked + 1, World.asked())
    }

    @Test
    fun retry() = runBlocking {
        // Lost before the first byte of the answer: asked anew.
        val client = World.client()
        World.network("""{"drops": 1, "after": [1, 1]}""")
        assertEquals(words(100), client.generateText("Hello", ask("hundred-words")).text)
        World.network("""{"drops": 1, "after": [1, 1]}""")
        assertEquals(words(100), read(client, "hundred-words", 0) {}.text)
        // Without resumption, lost after the first piece: never.
        World.calm()
        val asked = World.asked()
        val error = failure {
            read(World.client { resume = false }, "slow-words", 3) { World.network("""{"weather": "gone"}""") }
        }
        assertTrue(error.kind == ErrorKind.INTERRUPTED && error.shown, "$error")
        assertEquals(asked + 1, World.asked())
    }

    @Test
    fun drops() = runBlocking {
        for (seed in listOf(7, 8)) {
            val (asked, dropped) = World.asked() to World.tally("dropped")
            World.network("""{"drops": 20, "after": [700, 3000], "seed": $seed}""")
            val text = StringBuilder()
            val answer = read(World.client(), "many-words", 0, text) {}
            assertEquals(words(600), text.toString())
            assertTrue(answer.text == words(600) && answer.reconnects >= 19, "${answer.reconnects} reconnects")
            assertEquals(dropped + 20, World.tally("dropped"))
            assertEquals(asked + 1, World.asked())
            World.calm()
        }
    }

    @Test
    fun stall() = runBlocking(Dispatchers.Default) {
        val client = World.client { idleTimeout = 1.seconds }
        val text = StringBuilder()
        val answer = read(client, "many-words", 3, text) {
            World.network("""{"weather": "stalled"}""")
            launch {
                delay(2.seconds)
                World.calm()
            }
        }
        assertEquals(words(600), text.toString())
        assertTrue(answer.reconnects >= 1)
    }

    @Test
    fun asleep() = runBlocking {
        val asked = World.asked()
        val text = StringBuilder()
        var woke = TimeSource.Monotonic.markNow()
        read(World.client(), "slow-words", 5, text) {
            World.network("""{"weather": "gone"}""")
            delay(20.seconds)
            World.calm()
            woke = TimeSource.Monotonic.markNow()
        }
        assertEquals(words(400), text.toString())
        assertTrue(woke.elapsedNow() < 10.seconds, "what was made meanwhile came after ${woke.elapsedNow()}")
        assertEquals(asked + 1, World.asked())
    }

    @Test
    fun grace_over() = runBlocking {
        World.gateway("""{"what": "restart", "grace_s": 1}""")
        val error = failure {
            read(World.client(), "slow-words", 3) {
                World.network("""{"weather": "gone"}""")
                delay(3.seconds)
                World.calm()
            }
        }
        assertTrue(error.kind == ErrorKind.INTERRUPTED && error.code == "stream_expired", "$error")
        assertTrue(error.shown && error.whatToDo == WhatToDo.Retry, "$error")
        World.gateway("""{"what": "restart"}""")
    }

    @Test
    fun gateway_restart() = runBlocking(Dispatchers.Default) {
        val client = World.client { maxRetries = 8 }
        val error = failure {
            read(client, "slow-words", 3) {
                World.gateway("""{"what": "stop"}""")
                // A call while it is away: it is back before the last retry.
                val during = async { client.generateText("Hello", ask("production-chat")) }
                delay(200.milliseconds)
                World.gateway("""{"what": "start"}""")
                during.await()
            }
        }
        assertTrue(error.kind == ErrorKind.INTERRUPTED && error.shown, "$error")
        client.generateText("Hello", ask("production-chat"))
        Unit
    }

    @Test
    fun airplane_mode() = runBlocking {
        val client = World.client()
        client.generateText("Hello", ask("production-chat"))
        World.network("""{"weather": "gone"}""")
        val began = TimeSource.Monotonic.markNow()
        val whole = failure { client.generateText("Hello", ask("production-chat")) }
        val streamed = failure { client.streamText("Hello", ask("production-chat")).collect() }
        for (error in listOf(whole, streamed)) {
            assertTrue(error.kind == ErrorKind.NETWORK && !error.shown && error.status == null, "$error")
            assertEquals(WhatToDo.Retry, error.whatToDo)
        }
        assertTrue(began.elapsedNow() < 5.seconds, "it took ${began.elapsedNow()} to say so")
        World.calm()
        client.generateText("Hello", ask("production-chat"))
        Unit
    }
}
