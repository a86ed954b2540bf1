import Kernel

/// The report of one run: everything that is known of it when it has ended, as one JSON document that the HTML page and the CSV are made from.
public struct RunReport: Sendable, Equatable {
    public let json: JSON

    /// What a report says besides what the worker reported.
    public struct Facts: Sendable, Equatable {
        public var pipeline: String
        public var namespace: String?
        public var run: String
        public var version: String
        /// Hash of the pipeline's spec.
        public var revision: String
        public var parameters: [String: String] = [:]
        public var started: Timestamp
        public var ended: Timestamp
        /// How often the worker was started.
        public var attempts: Int
        /// What held the worker process.
        public var inForce: [String] = []

        public init(pipeline: String, namespace: String? = nil, run: String, version: String, revision: String, started: Timestamp, ended: Timestamp, attempts: Int) {
            self.pipeline = pipeline
            self.namespace = namespace
            self.run = run
            self.version = version
            self.revision = revision
            self.started = started
            self.ended = ended
            self.attempts = attempts
        }
    }

    /// - Parameter worker: the report in the worker's last message.
    public init(_ facts: Facts, worker: JSON) {
        var json: JSON = ["pipeline": .string(facts.pipeline)]
        json["namespace"] = facts.namespace.map { .string($0) }
        json["run"] = .string(facts.run)
        json["outcome"] = worker["outcome"] ?? "Failed"
        json["revision"] = .string(facts.revision)
        json["parameters"] = .object(JSONObject(facts.parameters.keys.sorted().map { ($0, .string(facts.parameters[$0] ?? "")) }))
        json["started"] = .string(facts.started.rfc3339)
        json["ended"] = .string(facts.ended.rfc3339)
        json["durationSeconds"] = .double((facts.ended - facts.started).inSeconds)
        json["attempts"] = JSON(facts.attempts)
        for key in [
            "rows", "balanced", "bytesRead", "elapsedNanoseconds", "firstRow", "checkpoints", "resumed", "inputs", "outputs", "deadLetters", "steps", "channels", "errors",
            "failure", "profile", "warnings",
        ] {
            if let value = worker[key] { json[key] = value }
        }
        json["limits"] = JSON(facts.inForce)
        json["millwright"] = .string(facts.version)
        self.json = json
    }

    public init(json: JSON) { self.json = json }

    public var outcome: String { json["outcome"]?.string ?? "Failed" }

    func count(_ key: String) -> Int64 { json["rows"]?[key]?.int ?? 0 }

    /// Rows a second over the whole run.
    public var rowsPerSecond: Int64 {
        let nanoseconds = json["elapsedNanoseconds"]?.int ?? 0
        return nanoseconds > 0 ? Int64(Double(count("rowsRead")) / Double(nanoseconds) * 1e9) : 0
    }

    /// The parts that rows in fall into, those that are not zero, in order: what, how many.
    public var parts: [(name: String, rows: Int64)] {
        // Of a run that hasn't succeeded nothing is to be seen yet.
        let written = outcome == "Succeeded" ? "written" : "not committed"
        let ended = ["rowsWritten", "rowsFiltered", "rowsMerged", "rowsDeadLettered", "rowsSkipped"].reduce(0) { $0 + count($1) }
        let all: [(name: String, rows: Int64)] = [
            (written, count("rowsWritten")), ("filtered", count("rowsFiltered")), ("merged into groups", count("rowsMerged")),
            ("dead letters", count("rowsDeadLettered")), ("skipped", count("rowsSkipped")),
            // In a channel, or held by a sort whose rows are in the checkpoint.
            ("under way", count("rowsRead") + count("rowsAdded") - ended),
        ]
        let some = all.filter { $0.rows > 0 || $0.name == written && outcome == "Succeeded" }
        return some.isEmpty ? [all[0]] : some
    }

    /// There were rows, and none came through: more likely a mistake in the document than in every row.
    public var isAllRejected: Bool {
        outcome == "Succeeded" && count("rowsRead") > 0 && count("rowsDeadLettered") + count("rowsSkipped") == count("rowsRead")
    }

    /// It ended well and there was nothing to do.
    public var isWithoutRows: Bool { outcome == "Succeeded" && json["rows"] != nil && count("rowsRead") == 0 && count("rowsWritten") == 0 }

    /// `2,000,000 rows in = 1,900,000 written + 99,998 filtered + 2 dead letters`
    public var balance: String {
        let added = count("rowsAdded")
        let left = "\(Counted.text(count("rowsRead"), "row")) in" + (added > 0 ? " + \(Figures.grouped(added)) added" : "")
        return "\(left) = " + parts.map { $0.name == "dead letters" ? Counted.text($0.rows, "dead letter") : "\(Figures.grouped($0.rows)) \($0.name)" }.joined(separator: " + ")
    }
}
