import Kernel

/// What a script is run with. The same settings and rows give the same results, on any machine, in any number of batches.
public struct ScriptSettings: Sendable {
    /// Shown as `ctx.run.id`; with `seed` it decides what `Math.random` gives.
    public var runID: String
    /// The only time a script sees: the run's start, in milliseconds since 1970.
    public var startMilliseconds: Int64
    /// Of the run and the step.
    public var seed: UInt64
    /// No `ctx.state`; rows may be computed in any order, by several machines.
    public var stateless: Bool
    /// How much processor time one row may take, in milliseconds.
    public var timeLimitMilliseconds: Int
    /// How much memory the script may hold, in bytes.
    public var memoryLimit: Int
    /// The largest `ctx.state`, in bytes of its JSON.
    public var stateLimit: Int
    /// The names `ctx.send` knows, in order.
    public var outputs: [String]
    /// `ctx.parameters`: an object.
    public var parameters: JSON = [:]
    /// Samples where the time goes, for `ScriptMachine.profile`; costs about a tenth.
    public var samples: Bool
    /// Called, on a thread of its own, when a script can't be ended because a native call holds its thread (a regular expression, a
    /// `fill`, a sort): the caller reports the problem and ends the process, which ends the call.
    public var unstoppable: @Sendable (ScriptProblem) -> Void

    public init(
        runID: String, startMilliseconds: Int64, seed: UInt64 = 0, stateless: Bool = false, timeLimitMilliseconds: Int = 2000, memoryLimit: Int = 256 << 20,
        stateLimit: Int = 1 << 20, outputs: [String] = [], samples: Bool = false, unstoppable: @escaping @Sendable (ScriptProblem) -> Void
    ) {
        self.runID = runID
        self.startMilliseconds = startMilliseconds
        self.seed = seed
        self.stateless = stateless
        self.timeLimitMilliseconds = max(timeLimitMilliseconds, 1)
        self.memoryLimit = max(memoryLimit, 1 << 20)
        self.stateLimit = stateLimit
        self.outputs = outputs
        self.samples = samples
        self.unstoppable = unstoppable
    }
}
