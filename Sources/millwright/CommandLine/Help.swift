/// The help texts, made from the commands themselves.
enum Help {
    /// - Parameter exits: the exit statuses, where these commands have others than all.
    static func overview(of commands: [CommandSpec], exits: String? = nil) -> String {
        let shown = commands.filter { !$0.isHidden }
        let width = (shown.map(\.name.count).max() ?? 0) + 2
        return """
            Millwright runs what you declare: environments on Docker and data pipelines today, more kinds to come.

            usage: millwright COMMAND [options]

            \(shown.map { "  " + padded($0.name, width) + $0.summary }.joined(separator: "\n"))

            'millwright COMMAND --help' says more.
            \(exits ?? Self.exits)

            """
    }

    private static let exits = """
        Exit statuses: 0 done, 1 failed, 2 'plan' found changes, 64 wrong command line, 65 a document is wrong,
        69 something that has to answer does not, 75 'pipeline run' was interrupted or paused, 77 it was cancelled, 78 a setting or the
        machine is wrong.
        """

    static func text(for command: CommandSpec) -> String {
        var text = "\(command.summary)\n\nusage: millwright \(command.name)"
        if !command.options.isEmpty { text += " [options]" }
        if !command.arguments.isEmpty { text += " \(command.arguments)" }
        text += "\n"
        if !command.options.isEmpty {
            text += "\n"
            let names = command.options.map { option in
                (option.short.map { "-\($0), " } ?? "    ") + "--\(option.name)" + (option.value.map { " \($0)" } ?? "")
            }
            let width = min((names.map(\.count).max() ?? 0) + 2, 40)
            for (name, option) in zip(names, command.options) {
                let help = option.help + (option.repeats ? " Repeatable." : "")
                text += wrapped("  " + padded(name, width) + help, indent: width + 2) + "\n"
            }
        }
        if !command.notes.isEmpty { text += "\n\(command.notes)\n" }
        return text
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text.count >= width ? text + " " : text + String(repeating: " ", count: width - text.count)
    }

    /// Broken at 110 columns, the following lines indented.
    private static func wrapped(_ line: String, indent: Int) -> String {
        var lines: [String] = []
        var current = ""
        for (position, word) in line.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            if current.count + word.count + 1 > 110, !current.allSatisfy({ $0 == " " }) {
                lines.append(current)
                current = String(repeating: " ", count: indent) + word
            } else {
                current += (position == 0 ? "" : " ") + word
            }
        }
        return (lines + [current]).joined(separator: "\n")
    }
}
