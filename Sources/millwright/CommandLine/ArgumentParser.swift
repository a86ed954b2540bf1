/// Reads a command line by a command's options.
enum ArgumentParser {
    /// - Throws: `CommandFailure` with what is wrong and the nearest option there is.
    static func parse(_ words: [String], for command: CommandSpec) throws -> Arguments {
        var arguments = Arguments(words: words)
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                arguments.positional += rest
                break
            }
            guard word.hasPrefix("-"), word.count > 1 else {
                arguments.positional.append(word)
                continue
            }
            // `-it` is `-i -t`.
            let letters = word.dropFirst().map { letter in command.options.first { $0.short == letter && $0.value == nil } }
            if !word.hasPrefix("--"), letters.count > 1, letters.allSatisfy({ $0 != nil }) {
                for letter in letters { if let letter { arguments.flags.insert(letter.name) } }
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let given = String(parts[0])
            guard let option = command.options.first(where: { "--\($0.name)" == given || $0.short.map { "-\($0)" } == given }) else {
                throw wrong("unknown option '\(given)'\(suggestion(for: given, in: command))", command)
            }
            guard option.value != nil else {
                if parts.count > 1 { throw wrong("option --\(option.name) takes no value", command) }
                arguments.flags.insert(option.name)
                continue
            }
            guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
                throw wrong("option --\(option.name) needs a value: --\(option.name) \(option.value ?? "")", command)
            }
            if !option.repeats, arguments.values[option.name] != nil {
                throw wrong("option --\(option.name) is given twice", command)
            }
            arguments.values[option.name, default: []].append(value)
        }
        guard command.argumentCount.contains(arguments.positional.count) else {
            let found = arguments.positional.isEmpty ? "none" : arguments.positional.map { "'\($0)'" }.joined(separator: " ")
            // A command that takes files by an option is often given them without.
            if command.argumentCount.upperBound == 0, let file = command.options.first(where: { $0.name == "filename" }), let short = file.short {
                throw wrong("\(found): a file is given with -\(short): millwright \(command.name) -\(short) \(arguments.positional[0])", command)
            }
            throw wrong("wrong number of arguments: \(found) given, expected: \(["millwright", command.name, command.arguments].filter { !$0.isEmpty }.joined(separator: " "))", command)
        }
        return arguments
    }

    private static func wrong(_ message: String, _ command: CommandSpec) -> CommandFailure {
        CommandFailure(ExitStatus.usage, "\(message); see 'millwright \(command.name) --help'")
    }

    private static func suggestion(for given: String, in command: CommandSpec) -> String {
        let candidates = command.options.map { "--\($0.name)" }
        return nearest(to: given, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// The candidate within two edits, for typing slips.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        candidates.map { ($0, distance(word, $0)) }.filter { $0.1 <= 2 }.min { $0.1 < $1.1 }?.0
    }

    /// Levenshtein's distance.
    private static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count < 64, b.count < 64 else { return .max }
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let substitution = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, min(row[j], row[j + 1]) + 1)
            }
        }
        return row[b.count]
    }
}
