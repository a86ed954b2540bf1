import Glibc

/// The command. Everything else is in Commands/; Composition.swift puts the parts together.
@main
struct Millwright {
    static let version = "0.1.0"

    static let commands: [CommandSpec] = [
        UpCommand.spec, ManagerCommand.spec, PlanCommand.spec, LogsCommand.spec, ExecCommand.spec, OrphansCommand.spec, DoctorCommand.spec, CRDsCommand.spec,
        VersionCommand.spec, UpCommand.worker, ManagerCommand.worker,
    ]

    static func main() async {
        // Before anything starts a thread: one that didn't block them would be ended by them.
        if isLongRunning(CommandLine.arguments.dropFirst().first) { Supervision.blockSignals() }
        exit(await run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func isLongRunning(_ name: String?) -> Bool { ["up", "manager", "serve", "control"].contains(name) }

    static func run(_ words: [String]) async -> Int32 {
        guard let first = words.first, !["--help", "-h", "help"].contains(first) || words.count > 1 else {
            Terminal.write(Help.overview(of: commands), to: words.isEmpty ? STDERR_FILENO : STDOUT_FILENO)
            return words.isEmpty ? ExitStatus.usage : ExitStatus.success
        }
        let name = first == "help" ? words[1] : first == "--version" ? "version" : first
        guard let command = commands.first(where: { $0.name == name }) else {
            let nearest = ArgumentParser.nearest(to: name, among: commands.filter { !$0.isHidden }.map(\.name))
            Terminal.error("unknown command '\(name)'\(nearest.map { "; did you mean '\($0)'?" } ?? ""); see 'millwright --help'")
            return ExitStatus.usage
        }
        let rest = Array(words.dropFirst())
        let beforeTerminator = rest.prefix { $0 != "--" }
        if first == "help" || beforeTerminator.contains("--help") || beforeTerminator.contains("-h") {
            Terminal.write(Help.text(for: command), to: STDOUT_FILENO)
            return ExitStatus.success
        }
        do {
            return try await command.run(try ArgumentParser.parse(rest, for: command))
        } catch let failure as CommandFailure {
            Terminal.error(failure.description)
            return failure.status
        } catch {
            Terminal.error("\(error)")
            return ExitStatus.failure
        }
    }
}
