import Expressions
import Rows

/// One step of a running pipeline: takes packets of rows in order and changes them in place.
///
/// Guarantees that an implementation gives:
/// - every row that is selected in a packet when `process` begins is afterwards still selected, or counted in the packet's `account` as
///   filtered or merged, or rejected through `reject`; rows beyond one for one are counted as added;
/// - the same packets in the same order give the same result, whatever the batch boundaries were: no clock, no randomness of its own;
/// - a problem thrown ends the run; what a row did wrong goes through `reject`.
///
/// An instance is used by one thread at a time. Of a stateless step the engine makes an instance for each of its threads.
public protocol RowStep: AnyObject {
    /// As in the document; unique in the pipeline.
    var name: String { get }
    /// The columns of the packets it gives, in order.
    var outputColumns: [StepColumn] { get }
    /// No row's result depends on another row: packets may be processed out of order by several instances.
    var isStateless: Bool { get }

    /// Works on the selected rows. May replace the packet's batch; may empty the selection and keep the rows for `drain`.
    func process(_ packet: RowPacket) throws(PipelineProblem)

    /// Called again and again after the last packet until it gives nil: the rows that a step kept.
    func drain() throws(PipelineProblem) -> RowPacket?

    /// The state as bytes, between two calls of `process` or `drain`. Everything that later results depend on.
    ///
    /// Files that the state names are on the disk when it returns.
    func snapshot() throws(PipelineProblem) -> [UInt8]

    /// Takes the state that `snapshot` gave, in a fresh instance.
    func restore(_ state: [UInt8]) throws(PipelineProblem)

    /// The names of spill files that a state needs; all others are removed before `restore`.
    func spillFiles(in state: [UInt8]) throws(PipelineProblem) -> [String]
}

extension RowStep {
    public func drain() throws(PipelineProblem) -> RowPacket? { nil }
    public func snapshot() throws(PipelineProblem) -> [UInt8] { [] }
    public func restore(_ state: [UInt8]) throws(PipelineProblem) {}
    public func spillFiles(in state: [UInt8]) throws(PipelineProblem) -> [String] { [] }
}

/// Makes a step for the columns that reach it. JavaScript comes into the engine this way.
public protocol RowStepFactory: Sendable {
    /// - Parameter input: the columns of the packets it will get.
    /// - Throws: what in the document doesn't fit these columns.
    func makeStep(name: String, input: [StepColumn], context: StepContext) throws(PipelineProblem) -> any RowStep
}

/// A column between two steps: batches carry columns by position, this is what stands at each.
public struct StepColumn: Sendable, Equatable {
    /// Any text; names may repeat, and the first of a name is the one a step means.
    public var name: String
    /// How steps and expressions see it.
    public var type: ColumnType
    /// How its values are written when they have no original text; nil: the type's own form.
    public var format: String?

    public init(_ name: String, _ type: ColumnType = .string, format: String? = nil) {
        self.name = name
        self.type = type
        self.format = format
    }
}

/// What all steps of a run share.
public struct StepContext: Sendable {
    /// What happens to a row that breaks a rule without a policy of its own. Not `null`.
    public var policy: ErrorPolicy
    /// Where state that doesn't fit in memory goes.
    public var spill: SpillDirectory
    /// Bytes that one step with state may hold in memory.
    public var memoryLimit: Int
    /// Keys the hashing of cells: the same for a run and its resumption.
    public var seed: UInt64
    /// The run's start, in microseconds since 1970: the only clock a step may read.
    public var startMicroseconds: Int64
    /// The names of the outputs, for steps that route.
    public var outputs: [String]
    /// The small tables of lookups, by their key.
    public var tables: [String: LookupTable]
    /// Where empty batches come from.
    public var batches: BatchPool
    /// Of the run, in the order of the document.
    public var parameters: [StepParameter] = []
    /// States will be asked for; false: nothing needs to be kept for them.
    public var isCheckpointed: Bool
    /// What expressions know beside the columns.
    let expressions: Environment

    /// - Parameter timeZones: for named zones in expressions; nil: they know UTC and fixed offsets only.
    public init(
        policy: ErrorPolicy = .deadLetter, spill: SpillDirectory, memoryLimit: Int = 64 << 20, seed: UInt64 = 0, startMicroseconds: Int64 = 0,
        outputs: [String] = [], tables: [String: LookupTable] = [:], batches: BatchPool = BatchPool(), isCheckpointed: Bool = true,
        timeZones: (any TimeZones)? = nil
    ) {
        expressions = RowValues.base(timeZones)
        self.policy = policy == .null ? .deadLetter : policy
        self.spill = spill
        self.memoryLimit = memoryLimit
        self.seed = seed
        self.startMicroseconds = startMicroseconds
        self.outputs = outputs
        self.tables = tables
        self.batches = batches
        self.isCheckpointed = isCheckpointed
    }
}
