import Expressions
import Kernel
import Resources

/// What expressions in a pipeline's paths may refer to: the parameters, the pipeline, and, where there is one, the run.
///
/// Nothing of it changes while a run lives, so that a resumed run has the paths it began with.
public struct PathScope: Sendable {
    /// What of the run its paths may name.
    public struct Run: Sendable, Equatable {
        public var id: String
        public var name: String
        public var started: Timestamp

        public init(id: String, name: String, started: Timestamp) {
            self.id = id
            self.name = name
            self.started = started
        }
    }

    let declared: [PipelineParameter]
    let environment: Environment
    private let knowsRun: Bool

    /// - Parameters:
    ///   - knowsRun: `run.id`, `run.name` and `run.started` can be used.
    ///   - timeZones: for named zones; without them only UTC and fixed offsets are known.
    public init(_ parameters: [PipelineParameter], knowsRun: Bool, timeZones: (any TimeZones)? = nil) {
        declared = parameters
        self.knowsRun = knowsRun
        var variables = [
            Variable("parameters", .object(ObjectType(name: "parameters", fields: parameters.map { ObjectType.Field($0.name, Self.type($0.type)) }))),
            Variable("pipeline.name", .string),
        ]
        if knowsRun { variables += [Variable("run.id", .string), Variable("run.name", .string), Variable("run.started", .timestamp)] }
        environment = timeZones.map { Environment(libraries: Library.kubernetes, variables: variables, timeZones: $0) } ?? Self.plain.with(variables: variables)
    }

    private static let plain = Environment(libraries: Library.kubernetes)

    /// For messages.
    var known: String {
        (declared.map { "parameters.\($0.name)" } + ["pipeline.name"] + (knowsRun ? ["run.id", "run.name", "run.started"] : [])).joined(separator: ", ")
    }

    /// A decimal is its text: the language has no such numbers; `double(parameters.rate)` computes with it.
    private static func type(_ type: ColumnType) -> ValueType {
        switch type {
        case .string, .decimal: .string
        case .integer: .int
        case .float: .double
        case .boolean: .bool
        case .date, .timestamp: .timestamp
        }
    }

    private static func value(_ type: ColumnType, _ text: String) -> Value {
        switch type {
        case .string, .decimal: .string(text)
        case .integer: Int64(text).map { .int($0) } ?? .null
        case .float: Double(text).map { .double($0) } ?? .null
        case .boolean: .bool(text == "true")
        case .date: Timestamp(rfc3339: text + "T00:00:00Z").map { .timestamp($0) } ?? .null
        case .timestamp: Timestamp(rfc3339: text).map { .timestamp($0) } ?? .null
        }
    }

    /// The values of one run, or of none yet.
    public struct Values: Sendable {
        public var parameters: ParameterValues
        public var pipeline: String
        public var run: Run?

        public init(_ parameters: ParameterValues, pipeline: String, run: Run? = nil) {
            self.parameters = parameters
            self.pipeline = pipeline
            self.run = run
        }

        func bindings() throws(EvaluationError) -> Bindings {
            let map = try ValueMap(parameters.values.map { (key: .string($0.name), value: PathScope.value($0.type, $0.text)) })
            var values: [Value?] = [.map(map), .string(pipeline)]
            if let run { values += [.string(run.id), .string(run.name), .timestamp(run.started)] }
            return Bindings(values)
        }
    }
}
