import Kernel

/// The worker's report in the words of `status`.
enum RunProgress {
    static func progress(_ report: JSON, isEnded: Bool) -> JSON {
        let rows = report["rows"]
        func count(_ keys: [String]) -> Int64 { keys.reduce(0) { $0 &+ (rows?[$1]?.int ?? 0) } }
        let read = count(["rowsRead"]), bytesRead = report["bytesRead"]?.int ?? 0
        var progress: JSON = [
            "rowsRead": .int(read), "rowsWritten": .int(count(["rowsWritten"])), "rowsFiltered": .int(count(["rowsFiltered", "rowsMerged"])),
            "rowsRejected": .int(count(["rowsDeadLettered", "rowsSkipped"])), "bytesRead": .int(bytesRead),
        ]
        let total = report["bytesTotal"]?.int
        progress["bytesTotal"] = total.map { .int($0) }
        if let nanoseconds = report["elapsedNanoseconds"]?.int, nanoseconds > 0 {
            progress["rowsPerSecond"] = .int(Int64(Double(read) / (Double(nanoseconds) / 1e9)))
            if !isEnded, let total, bytesRead > 0, total > bytesRead {
                progress["remaining"] = .string(Duration.seconds(Int64(Double(total - bytesRead) / Double(bytesRead) * Double(nanoseconds) / 1e9)).manifest)
            }
        }
        return progress
    }

    static func errors(_ report: JSON) -> JSON? {
        let errors = (report["failure"].map { [$0] } ?? []) + (report["errors"]?.array ?? [])
        guard !errors.isEmpty else { return nil }
        return .array(
            errors.prefix(10).map { error in
                var item: JSON = [:]
                item["severity"] = error["severity"]
                item["category"] = error["category"]
                let text = [error["what"]?.string, error["why"]?.string, error["fix"]?.string].compactMap { $0 }.joined(separator: ": ")
                item["message"] = .string(String(text.prefix(2000)))
                let place = error["where"]
                for (from, to) in [("file", "file"), ("row", "row"), ("byte", "byteOffset"), ("column", "column"), ("step", "step"), ("line", "line")] {
                    if let value = place?[from] { item[to] = value }
                }
                return item
            })
    }

    static func inputs(_ report: JSON) -> JSON? {
        guard let inputs = report["inputs"]?.array, !inputs.isEmpty else { return nil }
        return .array(inputs.prefix(1000).map { members($0, ["path", "bytes", "rows", "hash"]) })
    }

    static func outputs(_ report: JSON) -> JSON? {
        guard let outputs = report["outputs"]?.array, !outputs.isEmpty else { return nil }
        return .array(outputs.prefix(64).map { members($0, ["name", "path", "rows", "hash"]) })
    }

    private static func members(_ item: JSON, _ names: [String]) -> JSON {
        var result: JSON = [:]
        for name in names { if let value = item[name] { result[name] = value } }
        return result
    }
}
