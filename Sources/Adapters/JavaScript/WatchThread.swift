import Glibc
import Platform

/// The one thread of the process that looks at all running scripts from outside; it runs while there are any.
enum WatchThread {
    private struct List {
        var watches: [ObjectIdentifier: ScriptWatch] = [:]
        var isRunning = false
    }

    private static let list = Locked(List())
    /// A script that fills memory in one native call gets about 2 GB a second: so often is soon enough.
    private static let intervalMicroseconds: UInt32 = 5000

    static func add(_ watch: ScriptWatch) {
        let starts = list.withLock { list -> Bool in
            list.watches[ObjectIdentifier(watch)] = watch
            defer { list.isRunning = true }
            return !list.isRunning
        }
        if starts { Threads.start(name: "script-watch", run) }
    }

    static func remove(_ watch: ScriptWatch) {
        list.withLock { list in
            list.watches[ObjectIdentifier(watch)] = nil
        }
    }

    private static func run() {
        while true {
            let watches = list.withLock { list -> [ScriptWatch] in
                if list.watches.isEmpty { list.isRunning = false }
                // Order doesn't show: each watch is looked at on its own.
                return Array(list.watches.values)
            }
            if watches.isEmpty { return }
            let resident = residentBytes()
            for watch in watches { watch.look(resident: resident) }
            usleep(intervalMicroseconds)
        }
    }

    private static func residentBytes() -> Int {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        return withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { room in
            let count = read(file, room.baseAddress, room.count)
            guard count > 0 else { return 0 }
            let words = String(decoding: room[..<count], as: UTF8.self).split(separator: " ")
            return words.count > 1 ? (Int(words[1]) ?? 0) * 4096 : 0
        }
    }
}
