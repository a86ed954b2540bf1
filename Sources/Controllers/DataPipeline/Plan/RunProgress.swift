import Kernel

/// The worker's report in the words of `status`.
enum RunProgress {
    /// - Parameter worker: what is known of its speed of late; nil: the whole run's is said.
    static func progress(_ report: JSON, isEnded: Bool, worker: ObservedRun.Worker? = nil) -> JSON {
        let rows = report["rows"]
        func count(_ keys: [String]) -> Int64 { keys.reduce(0) { $0 &+ (rows?[$1]?.int ?? 0) } }
        let read = count(["rowsRead"]), bytesRead = report["bytesRead"]?.int ?? 0
        var progress: JSON = [
            "rowsRead": .int(read), "rowsWritten": .int(count(["rowsWritten"])), "rowsFiltered": .int(count(["rowsFiltered", "rowsMerged"])),
            "rowsRejected": .int(count(["rowsDeadLettered", "rowsSkipped"])), "bytesRead": .int(bytesRead),
        ]
        let total = report["bytesTotal"]?.int
        progress["bytesTotal"] = total.map { .int($0) }
        if let total, total > 0 { progress["percent"] = .int(isEnded && report["outcome"] == "Succeeded" ? 100 : Int64(min(1, max(0, Double(bytesRead) / Double(total))) * 100)) }
        if !isEnded, let rate = worker?.rowsPerSecond {
            progress["rowsPerSecond"] = .int(rate)
            progress["remaining"] = worker?.remaining.map { .string($0.manifest) }
        } else if report["resumed"] != true, let nanoseconds = report["elapsedNanoseconds"]?.int, nanoseconds > 0 {
            progress["rowsPerSecond"] = .int(Int64(Double(read) / (Double(nanoseconds) / 1e9)))
        }
        return progress
    }

    static func errors(_ report: JSON) -> JSON? {
        let errors = (report["failure"].map { [$0] } ?? []) + (report["errors"]?.array ?? [])
        guard !errors.isEmpty else { return nil }
        return .array(
            errors.prefix(10).map { error in
                var item: JSON = [:]
                item["severity"] = error["severity"]?.string.map { .string(capitalized($0)) }
                item["category"] = error["category"]?.string.map { .string(capitalized($0)) }
                item["message"] = .string(String(ProblemWords.message(error).prefix(2000)))
                let place = error["where"]
                for (from, to) in [("file", "file"), ("row", "row"), ("byte", "byteOffset"), ("column", "column"), ("step", "step"), ("line", "line")] {
                    if let value = place?[from] { item[to] = value }
                }
                return item
            })
    }

    private static func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    static func inputs(_ report: JSON) -> JSON? {
        guard let inputs = report["inputs"]?.array, !inputs.isEmpty else { return nil }
        return .array(inputs.prefix(1000).map { members($0, ["path", "bytes", "rows", "hash", "sha256"]) })
    }

    static func outputs(_ report: JSON) -> JSON? {
        guard let outputs = report["outputs"]?.array, !outputs.isEmpty else { return nil }
        return .array(outputs.prefix(64).map { members($0, ["name", "path", "rows", "hash", "sha256"]) })
    }

    private static func members(_ item: JSON, _ names: [String]) -> JSON {
        var result: JSON = [:]
        for name in names { if let value = item[name] { result[name] = value } }
        return result
    }
}
