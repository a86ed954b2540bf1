/// The exit statuses of every command, documented in the user guide.
enum ExitStatus {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    /// `plan`: there are changes.
    static let changes: Int32 = 2
    /// The command line is wrong.
    static let usage: Int32 = 64
    /// A document is wrong.
    static let document: Int32 = 65
    /// `pipeline run`: stopped before the end; the same command goes on.
    static let interrupted: Int32 = 75
    static let cancelled: Int32 = 77
    /// Something that has to answer does not: the server, the engine, the database.
    static let unavailable: Int32 = 69
    /// A setting or the machine is wrong, and trying again won't help.
    static let configuration: Int32 = 78
}

/// A failure to tell the user about, with the exit status it ends in.
struct CommandFailure: Error, CustomStringConvertible {
    let status: Int32
    /// What happened, where, and what to do next.
    let description: String

    init(_ status: Int32, _ description: String) {
        self.status = status
        self.description = description
    }
}

/// An option of a command.
struct OptionSpec {
    let name: String
    var short: Character?
    /// What stands for the value in the help, `DIR`; nil for a flag.
    var value: String?
    var repeats = false
    let help: String

    static func flag(_ name: String, short: Character? = nil, _ help: String) -> OptionSpec {
        OptionSpec(name: name, short: short, value: nil, help: help)
    }

    static func value(_ name: String, short: Character? = nil, _ value: String, repeats: Bool = false, _ help: String) -> OptionSpec {
        OptionSpec(name: name, short: short, value: value, repeats: repeats, help: help)
    }
}

/// A command: what it is called, what it takes, and what it does.
struct CommandSpec {
    let name: String
    let summary: String
    /// After the command's name: `-f FILE | KIND/NAME`.
    var arguments = ""
    /// How many arguments that are no options it takes.
    var argumentCount: ClosedRange<Int> = 0...0
    var options: [OptionSpec] = []
    /// Paragraphs after the options: exit statuses, examples.
    var notes = ""
    /// For use by other commands, not by people.
    var isHidden = false
    var run: @Sendable (Arguments) async throws -> Int32 = { _ in ExitStatus.failure }
    /// Blocks its thread instead of waiting: the supervisors, which do without the concurrency runtime.
    var runBlocking: (@Sendable (Arguments) throws -> Int32)?
}

/// A command line, parsed.
struct Arguments: Sendable {
    /// As they were given.
    var words: [String] = []
    var values: [String: [String]] = [:]
    var flags: Set<String> = []
    var positional: [String] = []

    subscript(name: String) -> String? { values[name]?.last }
    func all(_ name: String) -> [String] { values[name] ?? [] }
    func has(_ name: String) -> Bool { flags.contains(name) }
}
