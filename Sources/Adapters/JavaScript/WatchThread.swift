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
        let memory = ResidentMemory()
        while true {
            let watches = list.withLock { list -> [ScriptWatch] in
                if list.watches.isEmpty { list.isRunning = false }
                // Order doesn't show: each watch is looked at on its own.
                return Array(list.watches.values)
            }
            if watches.isEmpty { return }
            let resident = memory.bytes
            for watch in watches { watch.look(resident: resident) }
            usleep(intervalMicroseconds)
        }
    }
}
