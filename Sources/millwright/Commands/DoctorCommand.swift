import Glibc
import Platform

/// `millwright doctor`: checks everything Millwright depends on, and says how to fix what is wrong.
enum DoctorCommand {
    static let spec = CommandSpec(
        name: "doctor", summary: "Checks everything Millwright depends on, and says how to fix what is wrong.", options: Settings.upOptions,
        notes: "Takes the options of 'up', to check that very setup. Exit statuses: 0 all is well (warnings may be there), 1 something is wrong."
    ) { arguments in
        let settings = try Settings(arguments, embedded: true)
        var findings: [Finding] = []
        for check in Checks.all(settings) {
            let finding = await check()
            findings.append(finding)
        }
        let rows = [["", "WHAT", "FOUND"]] + findings.map { [$0.level.mark, $0.what, $0.found] }
        Terminal.print(
            Terminal.table(rows) { row, column, cell in
                guard row > 0, column == 0 else { return row == 0 ? Terminal.coloured(cell, .dim) : cell }
                return Terminal.coloured(cell, findings[row - 1].level.colour)
            })
        for finding in findings where finding.level != .good { Terminal.print("\n\(finding.what): \(finding.fix)") }
        return findings.contains { $0.level == .bad } ? ExitStatus.failure : ExitStatus.success
    }
}

/// What one check found, and what to do about it.
struct Finding: Sendable {
    enum Level: Sendable {
        case good, doubtful, bad
        var mark: String {
            switch self {
            case .good: "ok"
            case .doubtful: "warn"
            case .bad: "FAIL"
            }
        }
        var colour: Terminal.Colour {
            switch self {
            case .good: .green
            case .doubtful: .yellow
            case .bad: .red
            }
        }
    }

    let level: Level
    let what: String
    let found: String
    var fix = ""
}
