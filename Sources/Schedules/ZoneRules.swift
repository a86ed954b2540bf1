/// A time zone: what its clocks show at any moment. Read from a TZif file (RFC 8536), its last rule for all times to come.
public struct ZoneRules: Sendable, Equatable {
    /// Moments (seconds since 1970) at which the offset changes, ascending, and the offset from each on.
    private let transitions: [Int64]
    private let offsets: [Int]
    /// Before the first transition.
    private let first: Int
    /// After the last transition.
    private let footer: ZoneFooter?

    public static let utc = ZoneRules(transitions: [], offsets: [], first: 0, footer: nil)

    private init(transitions: [Int64], offsets: [Int], first: Int, footer: ZoneFooter?) {
        self.transitions = transitions
        self.offsets = offsets
        self.first = first
        self.footer = footer
    }

    /// - Parameter file: the bytes of a file of the time zone database; versions 2 to 4.
    public init(tzif file: [UInt8]) throws(ScheduleError) {
        var reader = TZifReader(file)
        let old = try reader.header()
        guard old.version >= 2 else { throw ScheduleError("the time zone file is of version 1; install a current tzdata") }
        try reader.skip(old.dataLength(timeSize: 4))
        let header = try reader.header()
        var transitions: [Int64] = []
        for _ in 0..<header.transitions { transitions.append(try reader.int64()) }
        var kinds: [Int] = []
        for _ in 0..<header.transitions { kinds.append(Int(try reader.byte())) }
        var types: [(offset: Int, isDaylight: Bool)] = []
        for _ in 0..<header.types {
            types.append((Int(try reader.int32()), try reader.byte() != 0))
            try reader.skip(1)
        }
        try reader.skip(header.characters + header.leaps * 12 + header.standards + header.universals)
        guard kinds.allSatisfy({ $0 < types.count }), let zeroth = types.first else { throw TZifReader.damaged }
        let footer = try ZoneFooter(reader.line())
        self.init(
            transitions: transitions, offsets: kinds.map { types[$0].offset }, first: zeroth.offset, footer: footer)
    }

    /// Seconds that clocks are ahead of UTC then.
    public func offset(at moment: Int64) -> Int {
        guard let last = transitions.last, let lastOffset = offsets.last else { return footer?.offset(at: moment) ?? first }
        if moment >= last { return footer?.offset(at: moment) ?? lastOffset }
        // The number of transitions up to that moment.
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= moment { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : offsets[low - 1]
    }

    /// When clocks show that (seconds since 1970 as if they stood on UTC). Shown twice: the first time; never: the first moment after the gap.
    public func moment(ofLocal local: Int64) -> Int64 {
        let before = Int64(offset(at: local - 86400)), after = Int64(offset(at: local + 86400))
        let candidates = [local - max(before, after), local - min(before, after)]
        if let found = candidates.first(where: { $0 + Int64(offset(at: $0)) == local }) { return found }
        // In a gap: the change lies between the two.
        var (low, high) = (candidates[0], candidates[1])
        let start = offset(at: low)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == start { low = middle } else { high = middle }
        }
        return high
    }
}
