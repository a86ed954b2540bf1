import Glibc

/// Waits for the ends of threads.
///
/// `@unchecked Sendable`: `open` is touched only between lock and unlock of the one mutex.
final class Latch: @unchecked Sendable {
    private var open: Int
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>

    init(_ count: Int) {
        open = count
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(changed)
        mutex.deallocate()
        changed.deallocate()
    }

    func countDown() {
        pthread_mutex_lock(mutex)
        open -= 1
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    func wait() {
        pthread_mutex_lock(mutex)
        while open > 0 { pthread_cond_wait(changed, mutex) }
        pthread_mutex_unlock(mutex)
    }
}
