import CJavaScript
import Glibc
import Platform

/// Keeps a script within its bounds of time and memory, from two sides: the engine's watchdog asks it while JavaScript runs, and a
/// thread looks from outside, for native calls never ask.
///
/// The limit counts the processor time of one row, so that neither a slow batch of many rows nor a busy machine ends a script.
final class ScriptWatch: Sendable {
    /// What is known of the call at hand.
    private struct State {
        /// Calls into the machine so far; 0 while none is running.
        var call: UInt64 = 0
        var running = false
        var thread: clockid_t = 0
        /// The thread itself, to ask it where it is.
        var handle = pthread_t()
        /// The row last seen at work, and the thread's time when it was.
        var seenCall: UInt64 = 0
        var seenRow: Int32 = -1
        var since: Int64 = 0
        var memoryIsOver = false
        /// The call whose beginning `resident` is from, and the process's memory then.
        var measuredCall: UInt64 = 0
        var resident = 0
        /// The process's memory at the last look.
        var lastSeen = 0
        var ended: ScriptProblem?
        var reported = false
    }

    /// Bytes: a machine that has compiled a large script, and the batches and buffers of a run.
    private static let allowance = 64 << 20

    private let state = Locked(State())
    let cells: SharedCells
    let settings: ScriptSettings
    /// Says where the machine's script is, on the script's own thread; set once the machine has an engine.
    let place = Locked<InterruptedPlace?>(nil)

    init(_ settings: ScriptSettings, cells: SharedCells) {
        self.settings = settings
        self.cells = cells
        let resident = ResidentMemory().bytes
        state.withLock { $0.lastSeen = resident }
    }

    /// How often the engine asks, in seconds.
    var tick: Double { Double(min(max(settings.timeLimitMilliseconds / 4, 5), 250)) / 1000 }

    private static func time(of clock: clockid_t) -> Int64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    /// The calling thread is about to run JavaScript.
    func begin() {
        var clock = clockid_t()
        pthread_getcpuclockid(pthread_self(), &clock)
        cells.progress[SharedCells.Progress.row] = 0
        let thread = clock
        let handle = pthread_self()
        state.withLock { state in
            // Its time counts from the first look at it: asking for the time here would be a call into the kernel for every chunk.
            state.call += 1
            state.running = true
            state.thread = thread
            state.handle = handle
            state.memoryIsOver = false
            state.ended = nil
        }
    }

    /// Why the call was ended, if it was.
    func end() -> ScriptProblem? {
        state.withLock { state in
            state.running = false
            return state.ended
        }
    }

    /// The engine asks whether to end the script; `place` says where it is.
    func shouldTerminate(place: () -> (ScriptPlace?, [String])) -> Bool {
        let verdict = state.withLock { state -> ScriptProblem.Kind? in
            if state.memoryIsOver { return .memory }
            return Self.overtime(&state, cells, limit: settings.timeLimitMilliseconds) ? .time : nil
        }
        guard let verdict else { return false }
        let (found, frames) = place()
        let problem = verdict == .memory ? memoryProblem(at: found, frames) : timeProblem(at: found, frames)
        state.withLock { $0.ended = problem }
        return true
    }

    /// Whether the row at work has had its time; begins counting anew when it is another one than last time.
    private static func overtime(_ state: inout State, _ cells: SharedCells, limit: Int) -> Bool {
        let row = cells.progress[SharedCells.Progress.row]
        let now = time(of: state.thread)
        if state.seenCall != state.call || state.seenRow != row {
            (state.seenCall, state.seenRow, state.since) = (state.call, row, now)
            return false
        }
        return now - state.since >= Int64(limit) * 1_000_000
    }

    /// The thread that watches from outside looks. - Parameter resident: bytes of memory that the process has.
    func look(resident: Int) {
        let found = state.withLock { state -> (kind: ScriptProblem.Kind, thread: pthread_t)? in
            defer { state.lastSeen = resident }
            guard state.running, !state.reported else { return nil }
            // What grows within a call is the script's; what it keeps from call to call is counted between them.
            // Counted from the look before: on a busy machine this one may come when the call has grown already.
            if state.measuredCall != state.call { (state.measuredCall, state.resident) = (state.call, min(resident, state.lastSeen)) }
            let grown = resident - state.resident
            // What the rest of the process and the engine's compiled code may grow by is not the script's.
            let ofScript = grown - Self.allowance
            if ofScript > settings.memoryLimit { state.memoryIsOver = true }
            // The engine's own watchdog comes first; whoever is still running well after doesn't listen.
            if ofScript > settings.memoryLimit + settings.memoryLimit / 4 + Self.allowance {
                state.reported = true
                return (.memory, state.handle)
            }
            if Self.overtime(&state, cells, limit: settings.timeLimitMilliseconds * 2 + 500) {
                state.reported = true
                return (.time, state.handle)
            }
            return nil
        }
        guard let found else { return }
        let row = rowNumber
        let asked = place.withLock { $0 }?.find(found.thread)
        var problem = found.kind == .memory ? memoryProblem(at: asked?.place, asked?.frames ?? []) : timeProblem(at: asked?.place, asked?.frames ?? [])
        problem.excerpt = asked?.excerpt ?? ""
        problem.row = row
        problem.message += (problem.message.hasSuffix(".") ? "" : ".") + " The script was inside a call that can't be interrupted (a regular expression, fill, sort, repeat or the like), so its process was ended."
        settings.unstoppable(problem)
    }

    /// The number in its file of the row at work; nil while no row is.
    private var rowNumber: Int64? {
        let row = Int(cells.progress[SharedCells.Progress.row])
        guard row >= 0, row < cells.rows else { return nil }
        let number = cells.progress[SharedCells.Progress.scattered] == 0 ? cells.facts[0] + Double(row) : cells.ordinals[row * 2]
        return number >= 1 && number < 0x1p53 ? Int64(number) : nil
    }

    private func timeProblem(at place: ScriptPlace?, _ frames: [String]) -> ScriptProblem {
        ScriptProblem(
            .time, "the script was ended: one row took longer than the time limit of \(settings.timeLimitMilliseconds) ms",
            at: place, frames: frames)
    }

    func memoryProblem(at place: ScriptPlace?, _ frames: [String]) -> ScriptProblem {
        ScriptProblem(
            .memory,
            "the script was ended: it holds more than the memory limit of \(settings.memoryLimit >> 20) MiB",
            at: place, frames: frames)
    }
}
