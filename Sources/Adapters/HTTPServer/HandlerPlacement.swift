import HTTPMessages

/// Where a server's handlers run, and the closures of their streams and upgrades.
///
/// Measured (release, 1 KB reply, keep-alive, CPU time of the server a request): on the loop 10 us in the clear and 14 us over TLS,
/// on the pool 23 and 31 us, most of it for waking threads.
public enum HandlerPlacement: Sendable {
    /// On the cooperative pool: a handler may compute.
    case pool
    /// On the loop's thread: only for handlers that never compute over about a millisecond without `offLoop`.
    case loop
    /// On the loop's thread those requests for which the closure says so, the others on the pool.
    case loopWhen(@Sendable (HTTPRequest) -> Bool)
}
