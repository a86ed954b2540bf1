/// One of the ways a text may be read: where it has come to, for which alternative, and where the rules go on that it is in.
struct Configuration: Hashable {
    var state: Int
    let alternative: Int
    /// By its number in `CallStacks`; 0 is the empty one.
    var stack: Int
    /// Whether it has left the rule that is decided about.
    var isOutside = false
    /// Whether it stays where the first alternative leads to the same.
    var isKept = false
}

/// Ways a text may be read, those that differ by nothing but what is open taken together.
struct Configurations {
    struct Entry: Hashable {
        let state: Int
        let alternative: Int
        var stacks: [Int]
        var isOutside: Bool
        var isKept: Bool
    }

    private(set) var entries: [Entry] = []
    private var places: [Int: Int] = [:]

    mutating func add(_ new: Configuration, _ stacks: CallStacks, _ inFull: Bool) {
        let key = new.state << 8 | new.alternative
        guard let place = places[key] else {
            places[key] = entries.count
            entries.append(Entry(state: new.state, alternative: new.alternative, stacks: [new.stack], isOutside: new.isOutside, isKept: new.isKept))
            return
        }
        entries[place].isOutside = entries[place].isOutside || new.isOutside
        entries[place].isKept = entries[place].isKept || new.isKept
        let known = entries[place].stacks
        if inFull {
            if !known.contains(new.stack) { entries[place].stacks = (known + [new.stack]).sorted() }
        } else if !known.contains(where: { stacks.covers($0, new.stack) }) {
            entries[place].stacks = (known.filter { !stacks.covers(new.stack, $0) } + [new.stack]).sorted()
        }
    }

    mutating func keep(_ isKept: (Entry) -> Bool) {
        entries = entries.filter(isKept)
        places = Dictionary(entries.enumerated().map { ($1.state << 8 | $1.alternative, $0) }) { first, _ in first }
    }

    /// Without what the first alternative leads to just as well.
    func preferringFirst() -> Configurations {
        var result = self
        let first = Dictionary(entries.compactMap { $0.alternative == 1 ? ($0.state, $0.stacks) : nil }) { _, last in last }
        result.keep { $0.alternative == 1 || $0.isKept || first[$0.state] != $0.stacks }
        return result
    }

    var onlyAlternative: Int? {
        guard let first = entries.first?.alternative, entries.allSatisfy({ $0.alternative == first }) else { return nil }
        return first
    }

    /// The alternatives at each place with the same open rules.
    private var rivals: [[Int]] {
        var places: [Place: Int] = [:]
        var all: [[Int]] = []
        for entry in entries {
            let place = Place(state: entry.state, stacks: entry.stacks)
            if let at = places[place] {
                if !all[at].contains(entry.alternative) { all[at].append(entry.alternative) }
            } else {
                places[place] = all.count
                all.append([entry.alternative])
            }
        }
        return all
    }

    private struct Place: Hashable {
        let state: Int
        let stacks: [Int]
    }

    /// Whether no further token tells the alternatives apart without what called the rule.
    func isConflict(_ graph: GrammarGraph) -> Bool {
        if entries.allSatisfy({ graph.isRuleEnd($0.state) }) { return true }
        guard rivals.contains(where: { $0.count > 1 }) else { return false }
        var alternatives: [Int: Set<Int>] = [:]
        for entry in entries { alternatives[entry.state, default: []].insert(entry.alternative) }
        return !alternatives.values.contains { $0.count == 1 }
    }

    /// The first of the alternatives, where it is the same everywhere.
    var onlyViableAlternative: Int? {
        let firsts = Set(rivals.compactMap { $0.min() })
        return firsts.count == 1 ? firsts.first : nil
    }

    /// The first alternative that has read the rule to its end.
    func finished(_ graph: GrammarGraph) -> Int? {
        entries.filter { $0.isOutside || (graph.isRuleEnd($0.state) && $0.stacks.contains(0)) }.map(\.alternative).min()
    }
}

/// Where open rules go on, one above the other; equal stacks have the same number.
struct CallStacks {
    private struct Cell: Hashable {
        let top: Int
        let below: Int
    }
    private var cells = [Cell(top: -1, below: 0)]
    private var numbers: [Cell: Int] = [:]

    mutating func push(_ top: Int, on below: Int) -> Int {
        let cell = Cell(top: top, below: below)
        if let known = numbers[cell] { return known }
        cells.append(cell)
        numbers[cell] = cells.count - 1
        return cells.count - 1
    }

    func top(_ stack: Int) -> Int { cells[stack].top }
    func below(_ stack: Int) -> Int { cells[stack].below }

    /// Whether the first, below which there may be anything, can stand for the second.
    func covers(_ first: Int, _ second: Int) -> Bool {
        var (first, second) = (first, second)
        while first != 0 {
            guard second != 0, cells[first].top == cells[second].top else { return false }
            (first, second) = (cells[first].below, cells[second].below)
        }
        return true
    }
}
