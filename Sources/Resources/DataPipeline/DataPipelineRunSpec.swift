import Kernel

/// What a DataPipelineRun asks for: one run of a pipeline. Everything but `suspend` and `cancel` stays as it was made.
public struct DataPipelineRunSpec: Sendable, Equatable {
    /// Rows of an earlier run to run again.
    public struct Replay: Sendable, Equatable {
        public enum Rows: String, Sendable, CaseIterable {
            /// The run's dead letters, as they stood in the input.
            case deadLetters = "DeadLetters"
            /// What an unsuccessful run left undone: from its last checkpoint on.
            case failed = "Failed"
        }
        public var run: String
        public var rows: Rows
    }

    public var pipeline: String
    public var parameters: [String: String]
    public var replay: Replay?
    /// Drains and waits.
    public var suspend = false
    /// Ends it; can't be taken back.
    public var cancel = false
    /// How long the object stays after the end; nil: until somebody deletes it.
    public var ttlAfterFinished: Duration?

    public init(pipeline: String, parameters: [String: String] = [:]) {
        self.pipeline = pipeline
        self.parameters = parameters
    }

    static let fields = ["pipelineRef", "parameters", "replay", "suspend", "cancel", "ttlSecondsAfterFinished"]

    /// Reads `spec` and checks everything that crds/ says about it.
    public init(_ json: JSON?, at path: String = "spec") throws(InvalidResource) {
        let sink = FieldReader.Sink()
        let spec = Self(FieldReader(json, at: path, fields: Self.fields, into: sink))
        guard sink.errors.isEmpty else { throw InvalidResource(errors: sink.errors) }
        self = spec
    }

    init(_ reader: FieldReader) {
        self.init(pipeline: reader.reference("pipelineRef"), parameters: reader.texts("parameters", PipelineParameter.valuesBound))
        if let replay = reader.object("replay", fields: ["runRef", "rows"]) {
            self.replay = Replay(run: replay.reference("runRef"), rows: replay.choice("rows", Replay.Rows.self) ?? .deadLetters)
        }
        suspend = reader.bool("suspend") ?? false
        cancel = reader.bool("cancel") ?? false
        ttlAfterFinished = reader.int("ttlSecondsAfterFinished", 0...315_360_000).map { .seconds($0) }
    }
}
