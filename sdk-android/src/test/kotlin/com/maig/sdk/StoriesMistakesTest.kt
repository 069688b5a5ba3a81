// What goes wrong, each with its name: refusals, wrong clocks, wrong servers, wrong input; and what is never printed.

package com.maig.sdk

import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.runBlocking
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds

@Suppress("FunctionName")
class StoriesMistakesTest {
    @BeforeTest
    fun calm() = runBlocking { World.calm() }

    /** A whole answer and a stream, both of which must fail. */
    private suspend fun bothFail(
        client: AIGatewayClient,
        prompt: String = "Hello",
        options: GenerateOptions = ask("production-chat"),
    ): List<GatewayException> = listOf(
        failure { client.generateText(prompt, options) },
        failure { client.streamText(prompt, options).collect() },
    )

    @Test
    fun error_kinds() = runBlocking {
        for (expected in World.list["error_kinds"].list) {
            val client = World.client(expected["key"].text) { maxRetries = 0 }
            val options = ask(expected["model"].text)
            repeat((expected["times"].numberOrNull ?: 1) - 1) { client.generateText("Hello", options) }
            for (error in bothFail(client, options = options)) {
                assertEquals(expected["kind"].text, error.kind.name.lowercase(), "$error")
                assertEquals(expected["code"].text, error.code, "$error")
                assertEquals(expected["status"].number, error.status, "$error")
                assertEquals(expected["what_to_do"].text, word(error.whatToDo), "$error")
                assertTrue(!error.shown && error.requestId != null && error.message.isNotEmpty(), "$error")
                if (error.code == "all_targets_failed") {
                    assertEquals(listOf<Int?>(500, 529), error.attempts.map { it.status })
                }
            }
        }
    }

    private fun word(whatToDo: WhatToDo): String = when (whatToDo) {
        WhatToDo.Retry -> "retry"
        is WhatToDo.Wait -> if (whatToDo.seconds > 0) "wait" else "wait for nothing"
        WhatToDo.SignIn -> "sign_in"
        WhatToDo.UpdateApp -> "update_app"
        WhatToDo.ContactSupport -> "contact_support"
    }

    @Test
    fun wrong_clock() = runBlocking {
        for (url in listOf("tls.expired_url", "tls.future_url")) {
            val error = failure { secure(url, trusting = true).generateText("Hello", ask("production-chat")) }
            assertTrue(error.kind == ErrorKind.CLOCK && error.code == "clock", "$error")
            assertTrue("date" in error.message && !error.shown, "$error")
        }
    }

    @Test
    fun untrusted() = runBlocking {
        val error = failure { secure("tls.valid_url", trusting = false).generateText("Hello", ask("production-chat")) }
        assertEquals(ErrorKind.UNTRUSTED, error.kind, "$error")
        val trusting = secure("tls.valid_url", trusting = true)
        trusting.generateText("Hello", ask("production-chat"))
        trusting.streamText("Hello", ask("hundred-words")).collect()
    }

    private fun secure(url: String, trusting: Boolean) = World.client {
        baseUrl = World.say(url)
        extraRoots = if (trusting) listOf(World.say("tls.root_pem").toByteArray()) else emptyList()
    }

    @Test
    fun bad_input() = runBlocking {
        val accepted = World.tally("accepted")
        val live = World.say("keys.live")
        for (expected in World.list["bad_input"].list.map { it["code"].text }) {
            var key = live
            var url = World.say("base_url")
            var prompt = "Hello"
            var options = ask("production-chat")
            when (expected) {
                "empty_key" -> key = ""
                "key_malformed" -> key = "maig_live_..."
                "key_typo" -> key = live.dropLast(1) + if (live.endsWith('x')) "y" else "x"
                "admin_key" -> key = World.say("keys.admin")
                "provider_key" -> key = "sk-proj-abc"
                "not_a_key" -> key = "hello"
                "insecure_base_url" -> url = "http://ai.example.com"
                "bad_base_url" -> url = "ai.example.com"
                "no_model" -> options = ask("")
                "empty_prompt" -> prompt = ""
                "bad_json_schema" -> options = options.copy(jsonSchema = "{")
                "bad_extra" -> options = options.copy(extra = "[1]")
                "bad_header" -> options = options.copy(user = "ann\r\nx-maig-user: bob")
                else -> error("stories.json lists $expected, and this suite does not know it")
            }
            for (error in bothFail(AIGatewayClient(key, baseUrl = url), prompt, options)) {
                assertTrue(error.kind == ErrorKind.BAD_INPUT && error.code == expected, "$expected: $error")
                assertTrue(error.whatToDo == WhatToDo.ContactSupport && error.message.length > 20, "$error")
            }
        }
        assertEquals(accepted, World.tally("accepted"), "something was sent")
    }

    @Test
    fun not_maig() = runBlocking {
        for ((path, kind, code) in listOf(
            Triple("html", ErrorKind.NOT_MAIG, "not_maig"),
            Triple("portal", ErrorKind.NOT_MAIG, "not_maig"),
            Triple("gone", ErrorKind.UNAVAILABLE, "gateway_away"),
        )) {
            for (error in bothFail(impostor(path) { maxRetries = 0 })) {
                assertTrue(error.kind == kind && error.code == code, "$path: $error")
            }
        }
    }

    @Test
    fun endless() = runBlocking {
        for (path in listOf("endless", "frame")) {
            for (error in bothFail(impostor(path))) {
                assertEquals(ErrorKind.TOO_LARGE, error.kind, "$path: $error")
            }
        }
        val hasty = impostor("dribble") {
            totalTimeout = 700.milliseconds
            streamTimeout = 700.milliseconds
        }
        for (error in bothFail(hasty)) {
            assertEquals(ErrorKind.TIMEOUT, error.kind, "$error")
        }
    }

    private fun impostor(path: String, change: ClientOptions.() -> Unit = {}) = World.client {
        baseUrl = "${World.say("impostor_url")}/$path"
        change()
    }

    @Test
    fun no_secrets() = runBlocking {
        val prompt = "the-canary-in-the-prompt"
        val client = World.client()
        val options = ask("down").copy(system = prompt, messages = listOf(userMessage(prompt)))
        val error = failure { client.generateText(prompt, options) }
        val stream = client.streamText(prompt, options)
        val printed = "$client $options $stream ${options.messages} $error ${error.message} ${error.stackTraceToString()}"
        assertFalse(prompt in printed, printed)
        assertFalse(World.say("keys.live") in printed, printed)
        // The provider repeats what it is asked.
        assertTrue(prompt in "${client.generateText(prompt, ask("production-chat"))}", "an answer prints as its text")
    }
}
