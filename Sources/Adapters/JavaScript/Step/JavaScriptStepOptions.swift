import RowSteps

/// A JavaScript step as its document says it.
public struct JavaScriptStepOptions: Sendable {
    public var source: JavaScriptSource
    /// The columns the script uses: those of the input that it sees, and new ones it sets. nil: found in the script's text (`ScriptShape`).
    public var columns: [String]?
    /// Types and formats of columns the script sets; a column it sets that isn't here has the type it came in with, or is text.
    public var output: [StepColumn]
    /// What becomes of a row whose script sets a column of `output` to what it can't hold; a column that isn't here: as the run's policy.
    public var policies: [String: ErrorPolicy] = [:]
    /// No row depends on another: the engine may run several machines side by side; there is no `ctx.state`.
    public var stateless: Bool
    /// Processor time of one row, in milliseconds.
    public var timeLimitMilliseconds: Int
    /// Bytes of one machine.
    public var memoryLimit: Int
    /// Bytes of `ctx.state` as JSON.
    public var stateLimit: Int
    public var runID: String
    /// Samples where the time goes, for `millwright pipeline profile`.
    public var samples: Bool
    /// The names that `ctx.run.file` gives, by the input's index.
    public var fileName: @Sendable (Int) -> String
    /// See `ScriptSettings.unstoppable`: reports, then ends the process.
    public var unstoppable: @Sendable (PipelineProblem) -> Void
    /// Gets the profile of each machine at the end of the input.
    public var profiled: @Sendable (ScriptProfile) -> Void

    public init(
        source: JavaScriptSource, columns: [String]? = nil, output: [StepColumn] = [], stateless: Bool = false, timeLimitMilliseconds: Int = 2000,
        memoryLimit: Int = 256 << 20, stateLimit: Int = 1 << 20, runID: String, samples: Bool = false,
        fileName: @escaping @Sendable (Int) -> String = { _ in "" }, unstoppable: @escaping @Sendable (PipelineProblem) -> Void,
        profiled: @escaping @Sendable (ScriptProfile) -> Void = { _ in }
    ) {
        self.source = source
        self.columns = columns
        self.output = output
        self.stateless = stateless
        self.timeLimitMilliseconds = timeLimitMilliseconds
        self.memoryLimit = memoryLimit
        self.stateLimit = stateLimit
        self.runID = runID
        self.samples = samples
        self.fileName = fileName
        self.unstoppable = unstoppable
        self.profiled = profiled
    }
}
