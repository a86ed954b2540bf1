/// What lies before or after a place in the text, as far as assertions ask.
enum Neighbour: UInt8, Sendable, Hashable {
    case edge, newline, word, other

    init(_ byte: UInt8) {
        switch byte {
        case 0x0A: self = .newline
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: self = .word
        default: self = .other
        }
    }

    static func satisfies(_ assertion: Assertion, before: Neighbour, after: Neighbour) -> Bool {
        switch assertion {
        case .textStart: before == .edge
        case .textEnd: after == .edge
        case .lineStart: before == .edge || before == .newline
        case .lineEnd: after == .edge || after == .newline
        case .wordBoundary: (before == .word) != (after == .word)
        case .notWordBoundary: (before == .word) == (after == .word)
        }
    }
}

/// A set of instructions, emptied in constant time, in the order they were put in.
struct ThreadSet {
    private(set) var members: [Int32] = []
    private var positions: [Int32]

    init(capacity: Int) {
        positions = [Int32](repeating: 0, count: capacity)
        members.reserveCapacity(capacity)
    }

    mutating func removeAll() { members.removeAll(keepingCapacity: true) }

    /// False when it was there.
    mutating func insert(_ member: Int32) -> Bool {
        let position = Int(positions[Int(member)])
        if position < members.count, members[position] == member { return false }
        positions[Int(member)] = Int32(members.count)
        members.append(member)
        return true
    }
}

/// Runs a program by following all its threads at once: time is the text's length times the program's size, whatever the pattern.
struct Machine {
    let program: Program

    /// The leftmost match in `text` from `from` on, as byte offsets of the groups; -1 where a group took no part.
    ///
    /// - Parameters:
    ///   - steps: moved up by how many threads were followed over how many bytes.
    ///   - most: beyond how many the search gives up.
    func firstMatch(in text: UnsafeBufferPointer<UInt8>, from: Int, steps: inout Int, most: Int = .max) -> [Int]? {
        let slots = (program.captures + 1) * 2
        var current = ThreadSet(capacity: program.instructions.count)
        var following = ThreadSet(capacity: program.instructions.count)
        var currentSlots: [[Int]] = []
        var followingSlots: [[Int]] = []
        var best: [Int]? = nil
        var at = from
        while at <= text.count, steps <= most {
            let before = at == 0 ? Neighbour.edge : Neighbour(text[at - 1])
            let after = at == text.count ? Neighbour.edge : Neighbour(text[at])
            if best == nil, !program.isAnchored || at == 0 {
                add(program.start, [Int](repeating: -1, count: slots), at, before, after, &current, &currentSlots)
            }
            if current.members.isEmpty, best != nil || program.isAnchored { break }
            steps += 1 + current.members.count
            following.removeAll()
            followingSlots.removeAll(keepingCapacity: true)
            step: for (position, thread) in current.members.enumerated() {
                switch program.instructions[Int(thread)] {
                case .match:
                    best = currentSlots[position]
                    break step  // threads after this one are less preferred
                case .byte(let low, let high, let next):
                    guard at < text.count, text[at] >= low, text[at] <= high else { continue }
                    let further = at + 1 == text.count ? Neighbour.edge : Neighbour(text[at + 1])
                    add(next, currentSlots[position], at + 1, Neighbour(text[at]), further, &following, &followingSlots)
                default: continue
                }
            }
            swap(&current, &following)
            swap(&currentSlots, &followingSlots)
            at += 1
        }
        return best
    }

    /// Puts a thread and all it leads to without reading into the set, most preferred first.
    private func add(
        _ start: Int32, _ slots: [Int], _ at: Int, _ before: Neighbour, _ after: Neighbour, _ set: inout ThreadSet, _ stored: inout [[Int]]
    ) {
        var stack: [(Int32, [Int])] = [(start, slots)]
        while let (thread, slots) = stack.popLast() {
            guard set.insert(thread) else { continue }
            stored.append(slots)
            switch program.instructions[Int(thread)] {
            case .split(let first, let second):
                stack.append((second, slots))
                stack.append((first, slots))
            case .assertion(let assertion, let next):
                if Neighbour.satisfies(assertion, before: before, after: after) { stack.append((next, slots)) }
            case .save(let slot, let next):
                var changed = slots
                changed[Int(slot)] = at
                stack.append((next, changed))
            case .byte, .match, .fail: break
            }
        }
    }

    /// Whether there is a match anywhere, without saying where: no groups to carry along.
    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var steps = 0
        return matches(text, steps: &steps, most: .max)
    }

    /// The same, counting and bounding as `firstMatch` does.
    func matches(_ text: UnsafeBufferPointer<UInt8>, steps: inout Int, most: Int) -> Bool {
        var current = ThreadSet(capacity: program.instructions.count)
        var following = ThreadSet(capacity: program.instructions.count)
        var stack: [Int32] = []
        var seeds: [Int32] = []
        var at = 0
        while true {
            let before = at == 0 ? Neighbour.edge : Neighbour(text[at - 1])
            let after = at == text.count ? Neighbour.edge : Neighbour(text[at])
            if !program.isAnchored || at == 0 { seeds.append(program.start) }
            for seed in seeds {
                if close(seed, before, after, &current, &stack) { return true }
            }
            if at == text.count || (current.members.isEmpty && program.isAnchored) { return false }
            steps += 1 + current.members.count
            if steps > most { return false }
            seeds.removeAll(keepingCapacity: true)
            following.removeAll()
            for thread in current.members {
                if case .byte(let low, let high, let next) = program.instructions[Int(thread)], text[at] >= low, text[at] <= high,
                    following.insert(next)
                {
                    seeds.append(next)
                }
            }
            current.removeAll()
            at += 1
        }
    }

    /// Adds what `seed` leads to; true when that is a match.
    func close(_ seed: Int32, _ before: Neighbour, _ after: Neighbour, _ set: inout ThreadSet, _ stack: inout [Int32]) -> Bool {
        stack.append(seed)
        while let thread = stack.popLast() {
            guard set.insert(thread) else { continue }
            switch program.instructions[Int(thread)] {
            case .match:
                stack.removeAll(keepingCapacity: true)
                return true
            case .split(let first, let second):
                stack.append(second)
                stack.append(first)
            case .assertion(let assertion, let next):
                if Neighbour.satisfies(assertion, before: before, after: after) { stack.append(next) }
            case .save(_, let next): stack.append(next)
            case .byte, .fail: break
            }
        }
        return false
    }
}
