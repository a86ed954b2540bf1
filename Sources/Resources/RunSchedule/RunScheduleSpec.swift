import Kernel

/// What a RunSchedule asks for: runs made at the times of a cron schedule, as a CronJob makes Jobs.
public struct RunScheduleSpec: Sendable, Equatable {
    public enum Concurrency: String, Sendable, CaseIterable { case allow = "Allow", forbid = "Forbid", replace = "Replace" }

    /// What is made at each time.
    public struct Template: Sendable, Equatable {
        public var labels: [String: String]
        public var annotations: [String: String]
        public var dataPipelineRun: DataPipelineRunSpec
    }

    /// Five fields of cron, or `@hourly` and the like.
    public var schedule: String
    /// An IANA name; nil: UTC.
    public var timeZone: String?
    public var suspend: Bool
    public var concurrency: Concurrency
    /// A run not begun so long after its time is left out; nil: however late.
    public var startingDeadline: Duration?
    /// The account whose rights the runs are made with.
    public var serviceAccount: String
    public var template: Template
    public var successfulRunsHistoryLimit: Int
    public var failedRunsHistoryLimit: Int

    private static let fields = [
        "schedule", "timeZone", "suspend", "concurrencyPolicy", "startingDeadlineSeconds", "serviceAccountName", "template",
        "successfulRunsHistoryLimit", "failedRunsHistoryLimit",
    ]

    /// Reads `spec` and checks everything that crds/ says about it. Whether the schedule and the time zone are such is said by who computes with them.
    public init(_ json: JSON?, at path: String = "spec") throws(InvalidResource) {
        let sink = FieldReader.Sink()
        let spec = Self(FieldReader(json, at: path, fields: Self.fields, into: sink))
        guard sink.errors.isEmpty else { throw InvalidResource(errors: sink.errors) }
        self = spec
    }

    private init(_ reader: FieldReader) {
        schedule = reader.required("schedule", length: 1...128)
        timeZone = reader.string("timeZone", length: 1...64, .timeZone)
        suspend = reader.bool("suspend") ?? false
        concurrency = reader.choice("concurrencyPolicy", Concurrency.self) ?? .allow
        startingDeadline = reader.int("startingDeadlineSeconds", 0...31_536_000).map { .seconds($0) }
        serviceAccount = reader.string("serviceAccountName", length: 1...253) ?? "default"
        successfulRunsHistoryLimit = Int(reader.int("successfulRunsHistoryLimit", 0...1000) ?? 3)
        failedRunsHistoryLimit = Int(reader.int("failedRunsHistoryLimit", 0...1000) ?? 1)
        if !reader.has("template") { reader.fail("template", "is required") }
        let template = reader.object("template", fields: ["metadata", "dataPipelineRun"])
        let metadata = template?.object("metadata", fields: ["labels", "annotations"])
        if let template, !template.has("dataPipelineRun") { template.fail("dataPipelineRun", "is required") }
        self.template = Template(
            labels: metadata?.texts("labels", TextsBound(most: 64, key: 1...316, value: 0...63)) ?? [:],
            annotations: metadata?.texts("annotations", TextsBound(most: 64, key: 1...316, value: 0...4096)) ?? [:],
            dataPipelineRun: template?.object("dataPipelineRun", fields: ["pipelineRef", "parameters", "ttlSecondsAfterFinished"]).map { DataPipelineRunSpec($0) }
                ?? DataPipelineRunSpec(pipeline: ""))
    }
}
