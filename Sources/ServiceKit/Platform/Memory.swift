import Glibc

/// What a process that is about to sleep can give back.
public enum Memory {
    /// Lets go of the resident pages of the program's and its libraries' code: never written, they are read again when they are needed.
    public static func giveBackCode() {
        guard let maps = try? Files.text("/proc/self/maps") else { return }
        // Only code: other read-only mappings hold what the linker wrote, which would be lost.
        for line in maps.split(separator: "\n") where line.contains(" r-xp ") && line.contains(" /") {
            let bounds = line.prefix { $0 != " " }.split(separator: "-")
            guard bounds.count == 2, let start = UInt(bounds[0], radix: 16), let end = UInt(bounds[1], radix: 16), start < end else { continue }
            madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), Int32(MADV_DONTNEED))
        }
    }
}
