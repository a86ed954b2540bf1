import Glibc

/// The command. Everything else is in Commands/; Composition.swift puts the parts together.
@main
struct Millwright {
    static let version = "0.1.0"

    static let commands: [CommandSpec] = [
        UpCommand.spec, ManagerCommand.spec, PlanCommand.spec, LogsCommand.spec, ExecCommand.spec, OrphansCommand.spec, DoctorCommand.spec, EvalCommand.spec, CRDsCommand.spec,
        PipelineRunCommand.spec, PipelineCheckCommands.validate, PipelineCheckCommands.test, PipelineInferCommand.spec, PipelineRunCommand.profile,
        VersionCommand.spec, UpCommand.worker, ManagerCommand.worker, PipelineCheckCommands.worker,
    ]

    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        // Before anything starts a thread: one that didn't block them would be ended by them.
        if isLongRunning(words.first) { Supervision.blockSignals() }
        let (command, arguments): (CommandSpec, Arguments)
        switch resolve(words) {
        case .done(let status): exit(status)
        case .run(let chosen, let given): (command, arguments) = (chosen, given)
        }
        if let runBlocking = command.runBlocking {
            do { exit(try runBlocking(arguments)) } catch { exit(report(error)) }
        }
        // Lives as long as the process: it ends it. Detached, as the main thread, which only waits, would never run it.
        Task.detached {
            do { exit(try await command.run(arguments)) } catch { exit(report(error)) }
        }
        while true { pause() }
    }

    private static func isLongRunning(_ name: String?) -> Bool { ["up", "manager", "serve", "control"].contains(name) }

    private enum Resolution {
        case done(Int32)
        case run(CommandSpec, Arguments)
    }

    private static func resolve(_ words: [String]) -> Resolution {
        guard let first = words.first, !["--help", "-h", "help"].contains(first) || words.count > 1 else {
            Terminal.write(Help.overview(of: commands), to: words.isEmpty ? STDERR_FILENO : STDOUT_FILENO)
            return .done(words.isEmpty ? ExitStatus.usage : ExitStatus.success)
        }
        // Commands of two words: `pipeline run`.
        let start = first == "help" ? 1 : 0
        let pair = words.dropFirst(start).prefix(2).joined(separator: " ")
        let isPair = commands.contains { $0.name == pair }
        let name = isPair ? pair : first == "help" ? words[1] : first == "--version" ? "version" : first
        if !isPair, let done = group(name, words.dropFirst(start + 1).first) { return done }
        guard let command = commands.first(where: { $0.name == name }) else {
            let nearest = ArgumentParser.nearest(to: name, among: commands.filter { !$0.isHidden }.map(\.name))
            Terminal.error("unknown command '\(name)'\(nearest.map { "; did you mean '\($0)'?" } ?? ""); see 'millwright --help'")
            return .done(ExitStatus.usage)
        }
        let rest = Array(words.dropFirst(isPair && first != "help" ? 2 : 1))
        let beforeTerminator = rest.prefix { $0 != "--" }
        if first == "help" || beforeTerminator.contains("--help") || beforeTerminator.contains("-h") {
            Terminal.write(Help.text(for: command), to: STDOUT_FILENO)
            return .done(ExitStatus.success)
        }
        do { return .run(command, try ArgumentParser.parse(rest, for: command)) } catch { return .done(report(error)) }
    }

    /// A first word of commands of two words, without a second one or with a wrong one; nil when it is none.
    private static func group(_ name: String, _ second: String?) -> Resolution? {
        let members = commands.filter { $0.name.hasPrefix(name + " ") && !$0.isHidden }
        guard !members.isEmpty else { return nil }
        guard let second, !second.hasPrefix("-") else {
            Terminal.write(Help.overview(of: members, exits: name == "pipeline" ? PipelineRunCommand.exits : nil), to: second == nil ? STDERR_FILENO : STDOUT_FILENO)
            return .done(second == nil ? ExitStatus.usage : ExitStatus.success)
        }
        let names = members.map { String($0.name.dropFirst(name.count + 1)) }
        let nearest = ArgumentParser.nearest(to: second, among: names)
        Terminal.error("unknown command '\(name) \(second)'\(nearest.map { ", did you mean '\(name) \($0)'" } ?? ""); there are \(names.joined(separator: ", "))")
        return .done(ExitStatus.usage)
    }

    /// - Returns: the exit status.
    private static func report(_ error: any Error) -> Int32 {
        Terminal.error("\(error)")
        return (error as? CommandFailure)?.status ?? ExitStatus.failure
    }
}
