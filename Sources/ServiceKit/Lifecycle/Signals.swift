import Glibc
import Platform

/// The signals that ask a process to do something. Block them before any thread starts, then wait for them in one place:
/// no handler runs, so nothing is interrupted half-way.
public struct Signals: Sendable {
    private let numbers: [Int32]

    /// Blocks the signals in this thread and those it starts later.
    public init(blocking numbers: [Int32]) {
        self.numbers = numbers
        var set = Self.set(of: numbers)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A peer that hangs up is an error of that write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
    }

    private static func set(of numbers: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        return set
    }

    /// Waits in this thread, which it blocks.
    /// - Parameter milliseconds: the longest wait.
    /// - Returns: the signal's number, or nil when none came.
    public func wait(milliseconds: Int) -> Int32? {
        var set = Self.set(of: numbers)
        var timeout = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        let number = sigtimedwait(&set, nil, &timeout)
        return number > 0 ? number : nil
    }

    /// Calls `body` for each signal, from a thread of its own that lives as long as the process.
    public func deliver(to body: @escaping @Sendable (Int32) -> Void) {
        Threads.start(name: "signals") {
            while true {
                if let number = wait(milliseconds: 60_000) { body(number) }
            }
        }
    }
}
