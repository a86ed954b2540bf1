import Kernel
import Platform
import RowSteps

/// The files of a run, as its path meant them when it began: files that come later belong to the next run.
///
/// Written without waiting for the disk: `RunFilesSynced` does that before a checkpoint refers to them.
struct FixedInputs {
    static let name = "inputs.json"
    private let file: String

    init(_ workDirectory: String) { file = "\(workDirectory)/\(Self.name)" }

    /// Those of the beginning; else those that `find` gives now, which are written down.
    func paths(_ find: () throws(PipelineProblem) -> [String]) throws(PipelineProblem) -> [String] {
        do throws(SystemError) {
            if Files.exists(file), let known = Self.parse(try Files.read(file)) { return known }
        } catch { throw Self.problem(file, error) }
        let found = try find()
        do throws(SystemError) { try Files.write(JSON(found).bytes, to: file, mode: 0o600, isDurable: false) } catch { throw Self.problem(file, error) }
        return found
    }

    private static func parse(_ bytes: [UInt8]) -> [String]? {
        do throws(JSONError) { return try JSONParser.parse(bytes).array?.compactMap(\.string) } catch { return nil }
    }

    private static func problem(_ file: String, _ error: SystemError) -> PipelineProblem {
        PipelineProblem(.fatal, .resource, what: "the run's own directory can't be used", at: .init(file: file), why: "\(error)", fix: "Free space and make it writable for the run's user", isTransient: true)
    }
}
