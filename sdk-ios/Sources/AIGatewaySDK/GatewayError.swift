// Why a call failed, in the words of an app. It must never carry a prompt, an answer or a key.

import Foundation

/// Why there is no answer, or no more of it.
///
/// ```swift
/// } catch let error as GatewayError {
///     switch error.whatToDo {
///     case .retry: showRetryButton()
///     case .wait(let seconds): showRetryButton(after: seconds)
///     case .signIn: showSignIn()
///     case .updateApp: showUpdateHint()
///     case .contactSupport: showSupport(error.requestId)
///     }
/// }
/// ```
public struct GatewayError: LocalizedError, Equatable, Sendable {
    /// What went wrong.
    public let kind: ErrorKind
    /// The same in more detail: the gateway's `error.code`, or the SDK's own word: `empty_key`, `key_typo`, `offline`, ….
    public let code: String
    /// A sentence for developers and logs: what happened and what to do. It holds no prompt and no key.
    public let message: String
    /// What your UI should offer.
    public let whatToDo: WhatToDo
    /// Whether the app was already given a part of the answer.
    public let shown: Bool
    /// The HTTP status, if the gateway gave one.
    public let status: Int?
    /// The field or header that the gateway refused.
    public let param: String?
    /// What to name when asking for help; the gateway's log knows it.
    public let requestId: String?
    /// What the gateway tried before it gave up.
    public let attempts: [Attempt]

    /// ``message``: what `localizedDescription` says.
    public var errorDescription: String? { message }

    /// What a person at the device can do, in a sentence.
    public var recoverySuggestion: String? {
        switch whatToDo {
        case .retry: "Try again."
        case .wait(let seconds): "Try again in \(seconds) s."
        case .signIn: "Sign in and try again."
        case .updateApp: "Update the app."
        case .contactSupport: "Contact support."
        }
    }
}

extension GatewayError: CustomStringConvertible {
    /// The message with its code, status and request id.
    public var description: String {
        let status = status.map { ", HTTP \($0)" } ?? ""
        let request = requestId.map { ", request \($0)" } ?? ""
        return "\(message) (\(code)\(status)\(request))"
    }
}

extension GatewayError {
    init(_ failure: RawFailure) {
        kind = failure.kind
        code = failure.code
        message = failure.message
        whatToDo = failure.whatToDo
        shown = failure.shown
        status = failure.status.map(Int.init)
        param = failure.param
        requestId = failure.requestId
        attempts = failure.attempts
    }
}

/// What an app is told of what the generated code threw: Swift's own error for what was cancelled, else a ``GatewayError``.
func outcome(of error: any Error) -> any Error {
    guard let raw = error as? RawError else { return error }
    switch raw {
    case .Failed(let failure) where failure.kind == .cancelled: return CancellationError()
    case .Failed(let failure): return GatewayError(failure)
    }
}
