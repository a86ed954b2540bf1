import Glibc
import Platform

/// What a person sees: results on standard output, everything else on standard error; colours only on a terminal.
enum Terminal {
    private static let hasColours = isatty(STDOUT_FILENO) == 1 && Environ["NO_COLOR"] == nil && Environ["TERM"] != "dumb"

    enum Colour: String { case red = "31", green = "32", yellow = "33", bold = "1", dim = "2" }

    /// The text in that colour on a terminal, as it is elsewhere.
    static func coloured(_ text: String, _ colour: Colour) -> String { hasColours ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text }

    /// A result, to standard output.
    static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// A word to the user beside the result, to standard error.
    static func note(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// An error, to standard error.
    static func error(_ text: String) { note("millwright: \(text)") }

    static func write(_ text: String, to descriptor: Int32) {
        // A reader that has gone (`| head`) is no error of ours.
        try? Files.writeAll(Array(text.utf8), to: descriptor, name: "the output")
    }

    /// Rows as columns, the header first, padded to the widest cell. `plain` widths are counted before colours are added.
    static func table(_ rows: [[String]], colour: (_ row: Int, _ column: Int, _ cell: String) -> String = { $2 }) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.enumerated().map { row, cells in
            cells.enumerated().map { column, cell in
                let padding = column == cells.count - 1 ? "" : String(repeating: " ", count: widths[column] - cell.count + 3)
                return colour(row, column, cell) + padding
            }.joined()
        }.joined(separator: "\n")
    }
}
