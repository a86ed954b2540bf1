import CJavaScript
import Glibc
import Platform

/// Asks a script's thread where it is while a native call holds it, which the engine's own watchdog can't.
///
/// The thread answers in a signal handler: the engine's lock is its own, and the engine has noted the frame that called the native
/// function. That is not promised to work at every moment, and need not: the process is about to end. A thread that crashes on the way, or
/// doesn't answer soon, never goes on, and the place is where `transform` begins.
///
/// `@unchecked Sendable`: the pointers are an engine's functions, which never change, and a context that outlives its watch; the context is
/// used by its script's own thread alone.
struct InterruptedPlace: @unchecked Sendable {
    private let engine: ScriptEngine
    private let source: JavaScriptSource

    /// What the handler works on. Everything is there before the signal: a handler must not allocate.
    private struct Question {
        let engine: ScriptEngine
        var answer: MWJSString?
        var isAnswered = false
        /// How crashes are handled while the thread answers, and how before.
        var during = sigaction()
        var before = (sigaction(), sigaction(), sigaction(), sigaction(), sigaction())
    }

    private static let asking = Locked(())
    nonisolated(unsafe) private static var question: UnsafeMutablePointer<Question>?

    init(_ engine: ScriptEngine, source: JavaScriptSource) {
        self.engine = engine
        self.source = source
    }

    private static let waitMicroseconds: UInt32 = 2000
    private static let waits = 150
    /// - Returns: the innermost place in the user's text, its line, and the frames.
    func find(_ thread: pthread_t) -> (place: ScriptPlace?, excerpt: String, frames: [String]) {
        let frames = Self.asking.withLock { _ in ask(thread) }
        guard let place = frames.first?.place ?? source.beginning else { return (nil, "", []) }
        return (place, source.excerpt(place), frames.prefix(12).map(StackTrace.text))
    }

    private func ask(_ thread: pthread_t) -> [(name: String, place: ScriptPlace)] {
        // Stays where it is: a thread may answer when nobody waits any more.
        let question = UnsafeMutablePointer<Question>.allocate(capacity: 1)
        question.initialize(to: Question(engine: engine))
        question.pointee.during.__sigaction_handler.sa_handler = { _ in while true { pause() } }
        Self.question = question
        var action = sigaction(), unused = sigaction()
        action.__sigaction_handler.sa_handler = { _ in InterruptedPlace.answer() }
        guard sigaction(SIGUSR2, &action, &unused) == 0, pthread_kill(thread, SIGUSR2) == 0 else { return [] }
        for _ in 0..<Self.waits {
            usleep(Self.waitMicroseconds)
            // Read through the global each time: the thread writes it meanwhile.
            guard let now = Self.question, now.pointee.isAnswered else { continue }
            sigaction(SIGUSR2, &unused, nil)
            guard let answer = now.pointee.answer else { return [] }
            return StackTrace.places(backtrace: engine.contents(answer))
        }
        return []
    }

    /// On the script's thread, in the handler. The engine uses some of these signals itself, so they are ours only while it answers.
    private static func answer() {
        guard let question else { return }
        sigaction(SIGSEGV, &question.pointee.during, &question.pointee.before.0)
        sigaction(SIGBUS, &question.pointee.during, &question.pointee.before.1)
        sigaction(SIGABRT, &question.pointee.during, &question.pointee.before.2)
        sigaction(SIGILL, &question.pointee.during, &question.pointee.before.3)
        sigaction(SIGTRAP, &question.pointee.during, &question.pointee.before.4)
        let engine = question.pointee.engine
        question.pointee.answer = engine.api.pointee.JSContextCreateBacktrace(engine.context, 40)
        sigaction(SIGSEGV, &question.pointee.before.0, nil)
        sigaction(SIGBUS, &question.pointee.before.1, nil)
        sigaction(SIGABRT, &question.pointee.before.2, nil)
        sigaction(SIGILL, &question.pointee.before.3, nil)
        sigaction(SIGTRAP, &question.pointee.before.4, nil)
        question.pointee.isAnswered = true
    }
}
