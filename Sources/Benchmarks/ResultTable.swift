import Glibc
import Kernel

/// The results of a run of `hack/bench` as one table: a line for each figure, medians over the rounds, ours beside the peer's.
///
/// Reads lines `name TAB value` from standard input. A value is a number or a JSON object, whose numbers become a line each; a name
/// `suite, side, round N` says whose it is.
struct ResultTable {
    private struct Row {
        var ours: [Double] = []
        var peer: [Double] = []
    }

    private var order: [String] = []
    private var rows: [String: Row] = [:]

    static func run() {
        var table = ResultTable()
        while let line = readLine() { table.add(line) }
        for line in table.lines { print(line) }
    }

    private mutating func add(_ line: String) {
        let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
        guard parts.count == 2, let value = try? JSONParser.parse(Array(parts[1].utf8)) else { return }
        let words = parts[0].split(separator: ",").map { $0.drop { $0 == " " } }
        let isRound = words.count == 3 && words[2].hasPrefix("round ")
        let name = (isRound ? String(words[0]) : parts[0]) + (value["name"]?.string.map { " \($0):" } ?? "")
        for (path, number) in Self.numbers(value, under: name) {
            if rows[path] == nil { order.append(path) }
            if isRound && words[1] == "peer" { rows[path, default: Row()].peer.append(number) } else { rows[path, default: Row()].ours.append(number) }
        }
    }

    private static func numbers(_ value: JSON, under path: String) -> [(String, Double)] {
        if let number = value.double { return [(path, number)] }
        guard let object = value.object else { return [] }
        return object.flatMap { key, member in numbers(member, under: path + " " + key) }
    }

    /// Empty when no line had a figure by itself: those suites print their own.
    private var lines: [String] {
        guard !order.isEmpty else { return [] }
        var cells = [["what (median of the rounds)", "Millwright", "peer", "Millwright / peer"]]
        for path in order {
            guard let row = rows[path], let ours = Self.median(row.ours) else { continue }
            let peer = Self.median(row.peer)
            cells.append([path, Self.text(ours), peer.map(Self.text) ?? "", peer.map { $0 == 0 ? "" : Self.text(ours / $0) } ?? ""])
        }
        let widths = (0..<4).map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            row.enumerated().map { column, cell in
                let gap = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + gap : gap + cell
            }.joined(separator: "   ")
        }
    }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }

    private static func text(_ value: Double) -> String {
        let scale = abs(value) < 10 ? 100.0 : abs(value) < 100 ? 10.0 : 1.0
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}
