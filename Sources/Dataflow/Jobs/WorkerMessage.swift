import Kernel

/// What a pipeline worker says on its standard output: one JSON object a line.
public enum WorkerMessage: Sendable, Equatable {
    /// It read its job. `inForce`: what holds it, for people: `data at most 512 MiB`.
    case started(pid: Int64, inForce: [String])
    /// The report so far.
    case progress(JSON)
    /// A checkpoint to keep; the worker waits for `WorkerCommand.acknowledge` when the parent keeps them.
    /// `rows`: where the rows up to it went; nothing when the checkpoint is given up.
    case checkpoint(number: Int64, bytes: [UInt8], bytesRead: Int64, rows: JSON)
    /// A row's problem: the first ones of a run.
    case problem(JSON)
    /// Lines that a script logged.
    case log([String])
    /// It is done. `isTransient`: a failure that may be over when the run is resumed.
    case finished(report: JSON, isTransient: Bool)
    /// Results of the document's examples, each `{name, passed, message}`.
    case tests([JSON])

    public var json: JSON {
        switch self {
        case .started(let pid, let inForce): ["type": "started", "pid": .int(pid), "inForce": JSON(inForce)]
        case .progress(let report): ["type": "progress", "report": report]
        case .checkpoint(let number, let bytes, let bytesRead, let rows):
            ["type": "checkpoint", "number": .int(number), "bytesRead": .int(bytesRead), "rows": rows, "data": .string(Base64.encode(bytes))]
        case .problem(let problem): ["type": "problem", "problem": problem]
        case .log(let lines): ["type": "log", "lines": JSON(lines)]
        case .finished(let report, let isTransient): ["type": "finished", "transient": .bool(isTransient), "report": report]
        case .tests(let results): ["type": "tests", "results": .array(results)]
        }
    }

    public init?(_ json: JSON) {
        switch json["type"]?.string {
        case "started": self = .started(pid: json["pid"]?.int ?? 0, inForce: json["inForce"]?.array?.compactMap(\.string) ?? [])
        case "progress": self = .progress(json["report"] ?? [:])
        case "checkpoint":
            guard let number = json["number"]?.int, let bytes = json["data"]?.string.flatMap({ Base64.decode($0) }) else { return nil }
            self = .checkpoint(number: number, bytes: bytes, bytesRead: json["bytesRead"]?.int ?? 0, rows: json["rows"] ?? [:])
        case "problem": self = .problem(json["problem"] ?? [:])
        case "log": self = .log(json["lines"]?.array?.compactMap(\.string) ?? [])
        case "finished": self = .finished(report: json["report"] ?? [:], isTransient: json["transient"]?.bool ?? false)
        case "tests": self = .tests(json["results"]?.array ?? [])
        default: return nil
        }
    }
}

/// What a worker is told while it works: one JSON object a line, after its job.
public enum WorkerCommand: Sendable, Equatable {
    /// Finish the rows under way, write a checkpoint, end.
    case pause
    /// End; nothing is committed.
    case cancel
    /// The checkpoint of that number is kept; `isRefused`: it is not, and never will be: somebody else has the run now.
    case acknowledge(number: Int64, isRefused: Bool)

    public var json: JSON {
        switch self {
        case .pause: ["command": "pause"]
        case .cancel: ["command": "cancel"]
        case .acknowledge(let number, let isRefused): ["command": "acknowledge", "number": .int(number), "refused": .bool(isRefused)]
        }
    }

    public init?(_ json: JSON) {
        switch json["command"]?.string {
        case "pause": self = .pause
        case "cancel": self = .cancel
        case "acknowledge": self = .acknowledge(number: json["number"]?.int ?? 0, isRefused: json["refused"]?.bool ?? false)
        default: return nil
        }
    }
}
