import Kernel

/// What a DataPipeline asks for: rows from a source, through steps, to outputs. `spec`, with its defaults filled in.
public struct DataPipelineSpec: Sendable, Equatable {
    public enum Concurrency: String, Sendable, CaseIterable { case allow = "Allow", forbid = "Forbid", replace = "Replace" }

    public var suspend = false
    public var parameters: [PipelineParameter] = []
    public var source: DelimitedSource
    /// In order.
    public var steps: [PipelineStep] = []
    /// At least one; rows that no script routes go to the first.
    public var outputs: [PipelineOutput]
    public var errors = PipelineErrorPolicy()
    /// The report also has the SHA-256 of every input and output, beside their XXH3.
    public var hashesSHA256 = false
    public var tests: [PipelineTest] = []
    public var concurrency = Concurrency.forbid
    /// How long a file of the source must have kept its size and time before a run takes it; nil: nothing is watched.
    public var watchSettle: Duration?
    public var onSuccess: [PipelineSuccessor] = []
    public var successfulRunsHistoryLimit = 3
    public var failedRunsHistoryLimit = 3

    public init(source: DelimitedSource, outputs: [PipelineOutput]) {
        self.source = source
        self.outputs = outputs
    }
}

/// A pipeline that runs after another one succeeded.
public struct PipelineSuccessor: Sendable, Equatable {
    public var pipeline: String
    public var parameters: [String: String]

    static let fields = ["pipelineRef", "parameters"]

    init(_ reader: FieldReader) {
        pipeline = reader.reference("pipelineRef")
        parameters = reader.texts("parameters", PipelineParameter.valuesBound)
    }
}

extension DataPipelineSpec {
    private static let fields = [
        "suspend", "parameters", "source", "steps", "outputs", "errors", "lineage", "tests", "concurrencyPolicy", "trigger", "onSuccess",
        "successfulRunsHistoryLimit", "failedRunsHistoryLimit",
    ]

    /// Reads `spec` and checks everything that crds/ says about it, also what it says as rules. Expressions, formats and scripts are not
    /// looked into here: whoever runs them compiles them.
    public init(_ json: JSON?, at path: String = "spec") throws(InvalidResource) {
        let sink = FieldReader.Sink()
        let spec = Self(FieldReader(json, at: path, fields: Self.fields, into: sink))
        guard sink.errors.isEmpty else { throw InvalidResource(errors: sink.errors) }
        self = spec
    }

    private init(_ reader: FieldReader) {
        if !reader.has("source") { reader.fail("source", "is required") }
        let source = reader.object("source", fields: ["delimited"])
        if let source, !source.has("delimited") { source.fail("delimited", "is required") }
        self.init(
            source: source?.object("delimited", fields: DelimitedSource.fields).map { DelimitedSource($0) } ?? DelimitedSource(path: ""),
            outputs: reader.objects("outputs", most: 32, fields: PipelineOutput.fields, identity: \.name, PipelineOutput.init))
        if !reader.has("outputs") { reader.fail("outputs", "is required") }
        else if outputs.isEmpty, reader.raw("outputs")?.array?.isEmpty == true { reader.fail("outputs", "must have at least 1 entries; found 0") }
        suspend = reader.bool("suspend") ?? false
        parameters = reader.objects("parameters", most: 64, fields: PipelineParameter.fields, identity: \.name, PipelineParameter.init)
        steps = reader.objects("steps", most: 64, fields: PipelineStep.fields, identity: \.name, PipelineStep.init)
        errors = reader.object("errors", fields: PipelineErrorPolicy.fields).map(PipelineErrorPolicy.init) ?? PipelineErrorPolicy()
        hashesSHA256 = reader.object("lineage", fields: ["sha256"])?.bool("sha256") ?? false
        tests = reader.objects("tests", most: 128, fields: PipelineTest.fields, identity: \.name, PipelineTest.init)
        concurrency = reader.choice("concurrencyPolicy", Concurrency.self) ?? .forbid
        if let watch = reader.object("trigger", fields: ["watch"])?.object("watch", fields: ["settle"]) {
            watchSettle = watch.duration("settle") ?? .seconds(2)
        }
        onSuccess = reader.objects("onSuccess", most: 16, fields: PipelineSuccessor.fields, PipelineSuccessor.init)
        successfulRunsHistoryLimit = Int(reader.int("successfulRunsHistoryLimit", 0...1000) ?? 3)
        failedRunsHistoryLimit = Int(reader.int("failedRunsHistoryLimit", 0...1000) ?? 3)
        checkTogether(reader)
    }

    /// What no field can say alone.
    private func checkTogether(_ reader: FieldReader) {
        for (index, output) in outputs.enumerated() {
            guard let fallback = output.fallback else { continue }
            if fallback == output.name {
                reader.fail("outputs[\(index)].fallback", "names the output itself; name another one that takes the rows when this one can't")
            } else if !outputs.contains(where: { $0.name == fallback }) {
                reader.fail("outputs[\(index)].fallback", "\(JSON.string(fallback).text) must name an entry of outputs")
            } else if outputs.first(where: { $0.name == fallback })?.fallback != nil {
                reader.fail("outputs[\(index)].fallback", "\(JSON.string(fallback).text) has a fallback of its own; a fallback must have none")
            }
        }
        for (index, output) in outputs.enumerated() {
            guard let path = output.path else { continue }
            if outputs[..<index].contains(where: { $0.path == path }) {
                reader.fail("outputs[\(index)].\(output.sinkName).path", "is written by another output already; give each its own file")
            }
            if errors.deadLetterPath == path {
                reader.fail("errors.deadLetter.path", "is written by output \(output.name) already; give the dead letters a file of their own")
            }
        }
        if errors.deadLetterPath == nil, sendsDeadLetters {
            reader.fail("errors.deadLetter.path", "is required because rows can be sent there; name a file, or let policy and every onError be Skip or Fail")
        }
    }

    /// Whether a row can become a dead letter.
    public var sendsDeadLetters: Bool {
        if errors.policy == .deadLetter { return true }
        if source.columns.contains(where: { $0.onError == .deadLetter }) { return true }
        return steps.contains { step in
            switch step.operation {
            case .cast(let columns): columns.contains { $0.onError == .deadLetter }
            case .lookup(let lookup): lookup.missing == .deadLetter
            default: false
            }
        }
    }
}
