// The example app's conversation, without its screen.

package com.maig.sdk

import chat.Chat
import chat.ChatState
import chat.Turn
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue

class ExampleTest {
    @BeforeTest
    fun calm() = runBlocking { World.calm() }

    private suspend fun Chat.until(holds: (ChatState) -> Boolean): ChatState = state.first(holds)

    @Test
    fun `the example app has a conversation, stops, and offers to try again`() = runBlocking(Dispatchers.Default) {
        val chat = Chat(World.client(), this)
        chat.say("Why is the sky blue?")
        val answered = chat.until { !it.isAnswering }
        assertEquals(Turn(byUser = true, text = "Why is the sky blue?"), answered.turns.first())
        assertTrue("Why is the sky blue?" in answered.turns.last().text && answered.turns.size == 2, "$answered")

        val slow = Chat(World.client(), this, route = "slow-words")
        slow.say("Go on")
        slow.until { it.turns.size == 2 }
        slow.stop()
        val stopped = slow.until { !it.isAnswering }
        assertTrue(stopped.turns.last().text.startsWith("word0"), "what came stays: $stopped")
        assertNull(stopped.offer)

        World.network("""{"weather": "gone"}""")
        chat.say("And at night?")
        assertEquals("Try again.", chat.until { !it.isAnswering }.offer)
        World.calm()
        chat.tryAgain()
        val again = chat.until { !it.isAnswering }
        assertTrue(again.offer == null && again.turns.size == 4 && "at night" in again.turns.last().text, "$again")
    }
}
