import Kernel
import RowSteps

/// Everything a run needs to go on, as one value: taken at a cut, so that its parts agree.
struct PipelineCheckpoint: Sendable {
    enum Phase: UInt8, Sendable {
        case running = 1
        /// All rows are written and flushed; what is left is `commit` of each output.
        case committing = 2
    }

    var phase: Phase
    var cut: Cut
    /// By output name.
    var outputs: [(name: String, position: [UInt8])]
    var deadLetters: [UInt8]?
    var budget: [UInt8]
    var account: RowAccount
    var problems: [PipelineProblem]
    /// Outputs that refused, and who takes their rows.
    var redirects: [(from: String, to: String)]
    /// The job the checkpoint belongs to.
    var runID: String

    private static let magic = "millwright-checkpoint-1"

    var bytes: [UInt8] {
        var writer = StateWriter()
        writer.put(Self.magic)
        writer.put(runID)
        writer.put(Int(phase.rawValue))
        writer.put(cut.sourcePosition)
        writer.put(cut.bytesRead)
        writer.put(cut.states.count)
        for (step, state) in cut.states {
            writer.put(step)
            writer.put(state)
        }
        writer.put(outputs.count)
        for (name, position) in outputs {
            writer.put(name)
            writer.put(position)
        }
        writer.put(deadLetters != nil)
        writer.put(deadLetters ?? [])
        writer.put(budget)
        account.write(to: &writer)
        writer.put(problems.count)
        for problem in problems { writer.put(problem.json.bytes) }
        writer.put(redirects.count)
        for (from, to) in redirects {
            writer.put(from)
            writer.put(to)
        }
        return writer.bytes
    }

    init(
        phase: Phase, cut: Cut, outputs: [(name: String, position: [UInt8])], deadLetters: [UInt8]?, budget: [UInt8], account: RowAccount,
        problems: [PipelineProblem], redirects: [(from: String, to: String)], runID: String
    ) {
        self.phase = phase
        self.cut = cut
        self.outputs = outputs
        self.deadLetters = deadLetters
        self.budget = budget
        self.account = account
        self.problems = problems
        self.redirects = redirects
        self.runID = runID
    }

    /// - Throws: for bytes of another version, of another run, or damaged ones.
    init(_ bytes: [UInt8], runID: String) throws(PipelineProblem) {
        do throws(StateReader.Malformed) {
            var reader = StateReader(bytes)
            guard try reader.text() == Self.magic else { throw StateReader.Malformed() }
            self.runID = try reader.text()
            guard let phase = Phase(rawValue: UInt8(truncatingIfNeeded: try reader.int())) else { throw StateReader.Malformed() }
            self.phase = phase
            cut = Cut(sourcePosition: try reader.data(), bytesRead: try reader.int64())
            for _ in 0..<(try reader.count()) { cut.states.append((try reader.int(), try reader.data())) }
            outputs = []
            for _ in 0..<(try reader.count()) { outputs.append((try reader.text(), try reader.data())) }
            let hasDeadLetters = try reader.bool()
            let position = try reader.data()
            deadLetters = hasDeadLetters ? position : nil
            budget = try reader.data()
            account = try RowAccount(from: &reader)
            problems = []
            for _ in 0..<(try reader.count()) {
                problems.append(try Self.problem(try reader.data()))
            }
            redirects = []
            for _ in 0..<(try reader.count()) { redirects.append((try reader.text(), try reader.text())) }
            guard reader.isAtEnd else { throw StateReader.Malformed() }
        } catch { throw .unusableCheckpoint("it was written by another version or is damaged") }
        guard self.runID == runID else { throw .unusableCheckpoint("it belongs to run \(self.runID), this is run \(runID)") }
    }
}

extension PipelineCheckpoint {
    private static func problem(_ bytes: [UInt8]) throws(StateReader.Malformed) -> PipelineProblem {
        let json: JSON
        do throws(JSONError) { json = try JSONParser.parse(bytes) } catch { throw StateReader.Malformed() }
        guard let problem = PipelineProblem(json: json) else { throw StateReader.Malformed() }
        return problem
    }
}

extension PipelineProblem {
    static func unusableCheckpoint(_ why: String) -> PipelineProblem {
        PipelineProblem(
            .fatal, .checkpoint, what: "the checkpoint can't be used", why: why,
            fix: "Resume with the version and the run that wrote it, or remove it to start the run again from its beginning")
    }
}
