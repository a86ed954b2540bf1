import Glibc
import Platform

/// How a child learns that its supervisor is gone, also when that was killed: a pipe whose other end dies with it.
enum Lifeline {
    static let variable = "MILLWRIGHT_LIFELINE"
    private static let childDescriptor: Int32 = 3

    /// The supervisor's side. Keep the write end open; give the read end to each child.
    static func make() throws(SystemError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .last("make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    static func descriptors(_ read: Int32) -> [(ours: Int32, theirs: Int32)] { [(ours: read, theirs: childDescriptor)] }
    static var environment: String { "\(variable)=\(childDescriptor)" }

    /// The child's side: calls `body` once the supervisor is gone. Nothing happens for a process that was started by hand.
    static func watch(_ body: @escaping @Sendable () -> Void) {
        guard let descriptor = Environ[variable].flatMap({ Int32($0) }) else { return }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        Threads.start(name: "lifeline") {
            var byte: UInt8 = 0
            while true {
                let count = read(descriptor, &byte, 1)
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            body()
        }
    }
}
