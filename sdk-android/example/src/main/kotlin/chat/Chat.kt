// What the example app knows: the conversation, and what to offer when an answer fails. It must never draw: the screen does.

package chat

import com.maig.sdk.AIGatewayClient
import com.maig.sdk.GatewayException
import com.maig.sdk.GenerateOptions
import com.maig.sdk.Message
import com.maig.sdk.WhatToDo
import com.maig.sdk.assistantMessage
import com.maig.sdk.userMessage
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** Something that was said. */
data class Turn(val byUser: Boolean, val text: String)

/** What is on the screen. */
data class ChatState(
    val turns: List<Turn> = emptyList(),
    /** Whether an answer is being written. */
    val isAnswering: Boolean = false,
    /** What to offer after an answer that did not come, or not whole. */
    val offer: String? = null,
)

/** A conversation with a route of the gateway. Answers are written in [scope] and end with it. */
class Chat(
    private val client: AIGatewayClient,
    private val scope: CoroutineScope,
    private val route: String = "production-chat",
) {
    private val mutable = MutableStateFlow(ChatState())
    private var answering: Job? = null

    val state: StateFlow<ChatState> = mutable.asStateFlow()

    /** Says something and lets the answer appear as it is written. */
    fun say(prompt: String) {
        if (state.value.isAnswering) return
        answer(state.value.turns, prompt)
    }

    /** Asks again for an answer that did not come whole. */
    fun tryAgain() {
        val turns = state.value.turns
        val question = turns.indexOfLast { it.byUser }
        if (state.value.isAnswering || question < 0) return
        answer(turns.take(question), turns[question].text)
    }

    /** Ends the answer, up to the provider. What came stays. */
    fun stop() {
        answering?.cancel()
    }

    private fun answer(before: List<Turn>, prompt: String) {
        val asked = before + Turn(byUser = true, text = prompt)
        mutable.value = ChatState(asked, isAnswering = true)
        answering = scope.launch {
            try {
                var text = ""
                val options = GenerateOptions(model = route, messages = before.map(::message))
                client.streamText(prompt, options).collect { chunk ->
                    text += chunk
                    mutable.update { it.copy(turns = asked + Turn(byUser = false, text = text)) }
                }
            } catch (error: GatewayException) {
                mutable.update { it.copy(offer = offer(error)) }
            } finally {
                mutable.update { it.copy(isAnswering = false) }
            }
        }
    }

    private fun message(turn: Turn): Message = if (turn.byUser) userMessage(turn.text) else assistantMessage(turn.text)

    private fun offer(error: GatewayException): String = when (val next = error.whatToDo) {
        WhatToDo.Retry -> "Try again."
        is WhatToDo.Wait -> "Try again in ${next.seconds} s."
        WhatToDo.SignIn -> "Sign in and try again."
        WhatToDo.UpdateApp -> "Update the app."
        WhatToDo.ContactSupport -> "Contact support${error.requestId?.let { " and name $it" }.orEmpty()}."
    }
}
