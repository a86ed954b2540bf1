import Glibc

/// A value behind a mutex: lock, mutate, unlock. Never await or call out while holding it.
///
/// Over `pthread_mutex_t`, as the standard library's `Mutex` gives false positives under the thread sanitizer.
/// `@unchecked Sendable`: `value` is touched only in `withLock`, between lock and unlock of the one mutex.
public final class Locked<Value>: @unchecked Sendable {
    private var value: Value
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    public init(_ value: sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    public func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
