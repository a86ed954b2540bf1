import Kernel

/// What becomes of bad rows, and how many there may be.
public struct PipelineErrorPolicy: Sendable, Equatable {
    public enum Policy: String, Sendable, CaseIterable { case deadLetter = "DeadLetter", skip = "Skip", fail = "Fail" }

    /// How many bad rows end a run; every bound that is set holds.
    public struct Budget: Sendable, Equatable {
        /// In the whole run.
        public var rows: Int64?
        /// Of the last `window` rows.
        public var percent: Int?
        public var window = 10_000

        public init() {}
        static let fields = ["rows", "percent", "window"]
    }

    public var policy = Policy.fail
    public var budget = Budget()
    /// The file of the dead letters; may hold `${ … }`.
    public var deadLetterPath: String?

    public init() {}

    static let fields = ["policy", "budget", "deadLetter"]

    init(_ reader: FieldReader) {
        policy = reader.choice("policy", Policy.self) ?? .fail
        if let budget = reader.object("budget", fields: Budget.fields) {
            self.budget.rows = budget.int("rows", 0...1_000_000_000_000)
            self.budget.percent = budget.int("percent", 0...100).map { Int($0) }
            self.budget.window = Int(budget.int("window", 1...1_000_000_000) ?? 10_000)
        }
        deadLetterPath = reader.object("deadLetter", fields: ["path"])?.required("path", length: 1...4096)
    }
}
