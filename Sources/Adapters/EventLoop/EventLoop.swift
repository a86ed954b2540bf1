import CEvent
import Glibc
import Kernel
import Platform
import Synchronization

/// One thread that carries all I/O: a libevent base, and the serial executor of the actors that own sockets.
///
/// Flow: libevent calls back on the thread, the callback finds its owner through an `Unmanaged` pointer and enters it with
/// `assumeIsolated`; Swift jobs of the pinned actors run between two passes over the I/O. Everything that takes `base` must be
/// called on the thread: libevent's own locking is off, another thread only appends to the queue and wakes the thread.
///
/// Guarantees: jobs run in the order they were enqueued, one at a time, on the one thread; at most `batch` of them run before I/O
/// is looked at again. Work over a millisecond doesn't belong here, blocking calls never.
///
/// A pinned actor says `nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }`.
///
/// `@unchecked Sendable`: `base` and `wakeEvent` are used on the loop's thread only, the rest is constant or behind `state`'s lock.
public final class EventLoop: SerialExecutor, @unchecked Sendable {
    /// Why a loop can't be made.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    private enum Work {
        /// Of an actor that is pinned to the loop.
        case job(UnownedJob)
        /// Of a task that prefers the loop.
        case preferringJob(UnownedJob, UnownedTaskExecutor)
        case body(@Sendable () -> Void)
    }

    private struct State {
        var queue: [Work] = []
        /// The thread waits in the kernel, or is about to: whoever adds work from another thread must wake it.
        var isWaiting = false
        var isStopping = false
    }

    /// Jobs between two looks at the sockets: long enough to be cheap, short enough that I/O isn't starved.
    private static let batch = 256

    /// libevent's base, for adapters; only on the loop's thread.
    public let base: OpaquePointer
    private let wakeDescriptor: Int32
    private let wakeEvent: OpaquePointer
    private let state = Locked(State())
    /// 0 until the loop runs; never a thread's.
    private let thread = Atomic<UInt>(0)

    /// Also makes the process ignore SIGPIPE: a peer that left must be an error of the write, never the end of the process.
    public init() throws {
        signal(SIGPIPE, SIG_IGN)
        guard let base = event_base_new() else { throw Failure(description: "the event loop can't start: libevent made no event base") }
        let descriptor = mw_wake_descriptor()
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            event_base_free(base)
            throw Failure(description: "the event loop can't start: eventfd: \(reason); raise the limit of open files")
        }
        let readAndStay = Int16(EV_READ | EV_PERSIST)
        guard let wake = event_new(base, descriptor, readAndStay, { fd, _, _ in drainEventDescriptor(fd) }, nil), event_add(wake, nil) == 0 else {
            close(descriptor)
            event_base_free(base)
            throw Failure(description: "the event loop can't start: libevent refused its wake-up event")
        }
        self.base = base
        wakeDescriptor = descriptor
        wakeEvent = wake
    }

    deinit {
        event_free(wakeEvent)
        close(wakeDescriptor)
        event_base_free(base)
    }

    // MARK: The thread

    /// Starts a detached thread of that name (15 bytes at most are shown by the kernel) that calls `run()`.
    public func start(name: String = "event-loop") throws {
        let context = Unmanaged.passRetained(ThreadContext(loop: self, name: name))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 2 << 20)
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let context = Unmanaged<ThreadContext>.fromOpaque(argument).takeRetainedValue()
                mw_name_this_thread(context.name)
                context.loop.run()
                return nil
            }, context.toOpaque())
        guard result == 0 else {
            context.release()
            throw Failure(description: "the event loop can't start its thread: \(String(cString: strerror(result)))")
        }
    }

    /// Carries I/O and jobs on the calling thread until `stop()`.
    public func run() {
        thread.store(UInt(pthread_self()), ordering: .releasing)
        while true {
            let more = drain()
            let (wait, stopped) = state.withLock { state -> (Bool, Bool) in
                state.isWaiting = !more && state.queue.isEmpty && !state.isStopping
                return (state.isWaiting, state.isStopping && state.queue.isEmpty)
            }
            if stopped { break }
            // The kernel refused to wait, for want of memory: asking again at once would only spin.
            if event_base_loop(base, wait ? EVLOOP_ONCE : EVLOOP_NONBLOCK) < 0 { usleep(10_000) }
            if wait { state.withLock { $0.isWaiting = false } }
        }
    }

    /// Asks the thread to end once the queue is empty. Work enqueued after that never runs: stop the loop's users first.
    public func stop() {
        state.withLock { $0.isStopping = true }
        wake()
    }

    /// Whether the caller is on the loop's thread.
    public var isInLoop: Bool { thread.load(ordering: .acquiring) == UInt(pthread_self()) }

    /// Runs jobs, a batch at most; true when some are left.
    private func drain() -> Bool {
        var done = 0
        while done < Self.batch {
            let work = state.withLock { state -> [Work] in
                defer { state.queue = [] }
                return state.queue
            }
            if work.isEmpty { return false }
            for item in work {
                switch item {
                // The runtime compares both executors at every entry of an actor: naming a task executor that the task doesn't
                // prefer would send each entry through the queue.
                case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
                case .preferringJob(let job, let executor): job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: executor)
                case .body(let body): body()
                }
            }
            done += work.count
        }
        return true
    }

    // MARK: Work

    /// Runs the body on the loop, after what is queued; never inline.
    public func execute(_ body: @escaping @Sendable () -> Void) { add(.body(body)) }

    public func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// For tasks that are to start on the loop's thread and stay there, pinned actors included; whoever starts them keeps it.
    public func makeTaskExecutor() -> any TaskExecutor { LoopTaskExecutor(loop: self) }

    fileprivate func enqueue(_ job: UnownedJob, preferring executor: UnownedTaskExecutor) { add(.preferringJob(job, executor)) }

    public func checkIsolated() {
        precondition(isInLoop, "called outside the event loop's thread")
    }

    public func isIsolatingCurrentContext() -> Bool? { isInLoop }

    private func add(_ work: Work) {
        let isInLoop = isInLoop
        let mustWake = state.withLock { state -> Bool in
            state.queue.append(work)
            // On the loop's thread a callback runs: the queue has its turn right after it.
            guard state.isWaiting, !isInLoop else { return false }
            state.isWaiting = false
            return true
        }
        if mustWake { wake() }
    }

    /// The counter can only be full when the thread is about to wake anyway, so the result says nothing.
    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeDescriptor, &one, 8)
    }
}

/// Runs the jobs of tasks that prefer the loop.
private final class LoopTaskExecutor: TaskExecutor {
    private let loop: EventLoop
    init(loop: EventLoop) { self.loop = loop }
    func enqueue(_ job: consuming ExecutorJob) { loop.enqueue(UnownedJob(job), preferring: asUnownedTaskExecutor()) }
}

private final class ThreadContext {
    let loop: EventLoop
    let name: String
    init(loop: EventLoop, name: String) {
        self.loop = loop
        self.name = name
    }
}

private func drainEventDescriptor(_ descriptor: Int32) {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
}
