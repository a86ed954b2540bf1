/// A program made deterministic ahead of time: one table look-up a byte. Only small ones are; the rest run on `Machine`.
struct Automaton: Sendable {
    /// Beyond these the machine takes over; the table stays under 64 KB.
    static let mostStates = 1_000
    static let mostEntries = 32_000
    static let mostWork = 2_000_000

    private static let dead: UInt16 = .max
    private static let accepted: UInt16 = .max - 1

    private let classOfByte: [UInt8]
    private let classes: Int
    /// By state times classes plus class: the state after, `dead`, or `accepted`.
    private let table: [UInt16]
    private let acceptsAtEnd: [Bool]

    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var state = 0
        return classOfByte.withUnsafeBufferPointer { classOfByte in
            table.withUnsafeBufferPointer { table in
                for byte in text {
                    let next = table[state * classes + Int(classOfByte[Int(byte)])]
                    if next >= Self.accepted { return next == Self.accepted }
                    state = Int(next)
                }
                return acceptsAtEnd[state]
            }
        }
    }

    /// Nil when it would be too large.
    init?(_ program: Program) {
        let (classOfByte, representatives) = Self.byteClasses(program)
        self.classOfByte = classOfByte
        classes = representatives.count
        let machine = Machine(program: program)
        let asked = program.assertions

        // A state is the threads that wait before the next byte, and what was before them as far as any assertion asks.
        struct Key: Hashable {
            let seeds: [Int32]
            let before: Neighbour
        }
        func relevant(_ neighbour: Neighbour) -> Neighbour {
            let line = asked & (1 << Assertion.lineStart.rawValue) != 0
            let word = asked & (1 << Assertion.wordBoundary.rawValue | 1 << Assertion.notWordBoundary.rawValue) != 0
            switch neighbour {
            case .edge: return asked & (1 << Assertion.textStart.rawValue) != 0 || line ? .edge : .other
            case .newline: return line ? .newline : .other
            case .word: return word ? .word : .other
            case .other: return .other
            }
        }
        var states: [Key] = []
        var numbers: [Key: UInt16] = [:]
        func number(_ key: Key) -> UInt16? {
            if let known = numbers[key] { return known }
            guard states.count < Self.mostStates, states.count * representatives.count < Self.mostEntries else { return nil }
            let fresh = UInt16(states.count)
            numbers[key] = fresh
            states.append(key)
            return fresh
        }
        _ = number(Key(seeds: [program.start], before: relevant(.edge)))
        var table: [UInt16] = []
        var acceptsAtEnd: [Bool] = []
        var closure = ThreadSet(capacity: program.instructions.count)
        var reached = ThreadSet(capacity: program.instructions.count)
        var stack: [Int32] = []
        var work = 0
        var at = 0
        while at < states.count {
            let state = states[at]
            at += 1
            func closes(_ after: Neighbour) -> Bool {
                closure.removeAll()
                for seed in state.seeds where machine.close(seed, state.before, after, &closure, &stack) { return true }
                return false
            }
            // What the threads wait for depends on the next byte only as far as assertions look at it, so it is asked once a run of bytes.
            var edges: [(low: UInt8, high: UInt8, next: Int32)] = []
            var asks: (neighbour: Neighbour, accepts: Bool)?
            for byte in representatives {
                let after = asked == 0 ? Neighbour.other : Neighbour(byte)
                if asks?.neighbour != after {
                    asks = (after, closes(after))
                    work += closure.members.count
                    edges.removeAll(keepingCapacity: true)
                    for thread in closure.members {
                        if case .byte(let low, let high, let next) = program.instructions[Int(thread)] { edges.append((low, high, next)) }
                    }
                }
                if asks?.accepts == true {
                    table.append(Self.accepted)
                    continue
                }
                work += edges.count
                guard work <= Self.mostWork else { return nil }
                reached.removeAll()
                for edge in edges where byte >= edge.low && byte <= edge.high { _ = reached.insert(edge.next) }
                if !program.isAnchored { _ = reached.insert(program.start) }
                if reached.members.isEmpty {
                    table.append(Self.dead)
                    continue
                }
                guard let next = number(Key(seeds: reached.members.sorted(), before: relevant(Neighbour(byte)))) else { return nil }
                table.append(next)
            }
            acceptsAtEnd.append(closes(.edge))
        }
        self.table = table
        self.acceptsAtEnd = acceptsAtEnd
    }

    /// Bytes that no instruction and no assertion tells apart share a class.
    private static func byteClasses(_ program: Program) -> (classOfByte: [UInt8], representatives: [UInt8]) {
        var borders = [Bool](repeating: false, count: 257)
        borders[0] = true
        for instruction in program.instructions {
            if case .byte(let low, let high, _) = instruction {
                borders[Int(low)] = true
                borders[Int(high) + 1] = true
            }
        }
        if program.assertions != 0 {
            for border in [0x0A, 0x0B, 0x30, 0x3A, 0x41, 0x5B, 0x5F, 0x60, 0x61, 0x7B] { borders[border] = true }
        }
        var classOfByte: [UInt8] = []
        var representatives: [UInt8] = []
        for byte in 0..<256 {
            if borders[byte] { representatives.append(UInt8(byte)) }
            classOfByte.append(UInt8(representatives.count - 1))
        }
        return (classOfByte, representatives)
    }
}
