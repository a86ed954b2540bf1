import Kernel

/// One thing to do for a pipeline.
public struct PipelineAction: PlannedAction {
    public enum Kind: Sendable, Equatable {
        /// Lets a worker look at the document and run its examples.
        case check
        /// Makes a run for these files.
        case createRun(name: String, files: [ObservedPipeline.File])
        case deleteRun(name: String, uid: String)
    }

    public let kind: Kind
    public let name: String
    public let reason: String

    public init(_ kind: Kind, name: String, reason: String) {
        self.kind = kind
        self.name = name
        self.reason = reason
    }

    public var summary: String {
        switch kind {
        case .check: "check pipeline \(name) and run its examples"
        case .createRun(let run, let files): "create run \(run) for \(files.count) file\(files.count == 1 ? "" : "s")"
        case .deleteRun(let run, _): "delete run \(run)"
        }
    }

    public var risk: RiskClass {
        switch kind {
        case .check: .read
        case .createRun: .low
        case .deleteRun: .high
        }
    }

    public var breaker: String {
        switch kind {
        case .check: "process.local.Read"
        case .createRun, .deleteRun: "kubernetes.local.Write"
        }
    }

    public var blastRadius: Int { 1 }
}
