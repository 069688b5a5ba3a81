// Why a call failed, in the words of an app. It must never carry a prompt, an answer or a key.

package com.maig.sdk

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import kotlin.coroutines.cancellation.CancellationException

/**
 * Why there is no answer, or no more of it.
 *
 * ```kotlin
 * } catch (error: GatewayException) {
 *     when (val next = error.whatToDo) {
 *         WhatToDo.Retry -> showRetryButton()
 *         is WhatToDo.Wait -> showRetryButton(after = next.seconds)
 *         WhatToDo.SignIn -> showSignIn()
 *         WhatToDo.UpdateApp -> showUpdateHint()
 *         WhatToDo.ContactSupport -> showSupport(error.requestId)
 *     }
 * }
 * ```
 *
 * @property kind what went wrong.
 * @property code the same in more detail: the gateway's `error.code`, or the SDK's own word: `empty_key`, `key_typo`,
 *   `offline`, ….
 * @property message a sentence for developers and logs: what happened and what to do. It holds no prompt and no key.
 * @property whatToDo what your UI should offer.
 * @property shown whether the app was already given a part of the answer.
 * @property status the HTTP status, if the gateway gave one.
 * @property param the field or header that the gateway refused.
 * @property requestId what to name when asking for help; the gateway's log knows it.
 * @property attempts what the gateway tried before it gave up.
 */
public class GatewayException internal constructor(
    public val kind: ErrorKind,
    public val code: String,
    override val message: String,
    public val whatToDo: WhatToDo,
    public val shown: Boolean,
    public val status: Int?,
    public val param: String?,
    public val requestId: String?,
    public val attempts: List<Attempt>,
    cause: Throwable?,
) : Exception(message, cause) {
    /** The message with its code, status and request id. */
    override fun toString(): String {
        val status = status?.let { ", HTTP $it" }.orEmpty()
        val request = requestId?.let { ", request $it" }.orEmpty()
        return "GatewayException: $message ($code$status$request)"
    }
}

/**
 * Runs a call to Rust; what the generated code throws becomes what apps catch. It runs on a thread that draws nothing and
 * is not Rust's: a coroutine without a dispatcher goes on where it was woken, and would take the app's code there.
 */
internal suspend fun <T> typed(call: suspend () -> T): T =
    try {
        withContext(Dispatchers.Default) { call() }
    } catch (error: RawException.Failed) {
        throw outcome(error.failure)
    } catch (error: InternalException) {
        throw fault(error)
    }

private fun outcome(failure: RawFailure): Exception =
    if (failure.kind == ErrorKind.CANCELLED) {
        CancellationException(failure.message)
    } else {
        GatewayException(
            failure.kind,
            failure.code,
            failure.message,
            failure.whatToDo,
            failure.shown,
            failure.status,
            failure.param,
            failure.requestId,
            failure.attempts,
            null,
        )
    }

/** A panic in Rust: it says what was being done, never with what. */
private fun fault(error: InternalException): GatewayException =
    GatewayException(
        ErrorKind.INTERRUPTED,
        "sdk_fault",
        "The SDK itself failed; please report it with your version.",
        WhatToDo.ContactSupport,
        shown = false,
        status = null,
        param = null,
        requestId = null,
        attempts = emptyList(),
        error,
    )
