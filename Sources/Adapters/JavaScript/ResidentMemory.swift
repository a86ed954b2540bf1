import Glibc

/// How much memory this process has, read again and again from one open file.
final class ResidentMemory {
    private let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)

    deinit { if file >= 0 { close(file) } }

    /// In bytes; 0 where it can't be read.
    var bytes: Int {
        withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { room in
            let count = file >= 0 ? pread(file, room.baseAddress, room.count, 0) : 0
            // Numbers of pages between spaces, of which the second is what is resident.
            var pages = 0, word = 0
            for byte in room[..<max(count, 0)] {
                if byte == UInt8(ascii: " ") { word += 1 } else if word == 1, byte >= 0x30, byte <= 0x39 { pages = pages &* 10 &+ Int(byte &- 0x30) }
            }
            return pages &* Self.pageSize
        }
    }

    private static let pageSize = max(sysconf(Int32(_SC_PAGESIZE)), 1)
}
