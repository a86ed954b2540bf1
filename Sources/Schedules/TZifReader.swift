/// Reads the fields of a TZif file; everything is checked against the file's end.
struct TZifReader {
    struct Header {
        let version: Int
        let universals, standards, leaps, transitions, types, characters: Int

        func dataLength(timeSize: Int) -> Int { transitions * (timeSize + 1) + types * 6 + characters + leaps * (timeSize + 4) + standards + universals }
    }

    static let damaged = ScheduleError("the time zone file is damaged; install tzdata anew")

    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func header() throws(ScheduleError) -> Header {
        guard bytes.count - at >= 44, Array(bytes[at..<(at + 4)]) == Array("TZif".utf8) else { throw Self.damaged }
        let version = bytes[at + 4] == 0 ? 1 : Int(bytes[at + 4]) - 0x30
        at += 20
        var counts: [Int] = []
        for _ in 0..<6 {
            let count = try Int(int32())
            // Real files have at most a few hundred of each.
            guard (0...100_000).contains(count) else { throw Self.damaged }
            counts.append(count)
        }
        return Header(version: version, universals: counts[0], standards: counts[1], leaps: counts[2], transitions: counts[3], types: counts[4], characters: counts[5])
    }

    mutating func skip(_ count: Int) throws(ScheduleError) {
        guard count >= 0, bytes.count - at >= count else { throw Self.damaged }
        at += count
    }

    mutating func byte() throws(ScheduleError) -> UInt8 {
        guard at < bytes.count else { throw Self.damaged }
        defer { at += 1 }
        return bytes[at]
    }

    mutating func int32() throws(ScheduleError) -> Int32 {
        var value: UInt32 = 0
        for _ in 0..<4 { value = value << 8 | UInt32(try byte()) }
        return Int32(bitPattern: value)
    }

    mutating func int64() throws(ScheduleError) -> Int64 {
        var value: UInt64 = 0
        for _ in 0..<8 { value = value << 8 | UInt64(try byte()) }
        return Int64(bitPattern: value)
    }

    /// What stands between the next two line ends.
    mutating func line() throws(ScheduleError) -> [UInt8] {
        guard try byte() == 0x0A else { throw Self.damaged }
        let start = at
        while try byte() != 0x0A {}
        return Array(bytes[start..<(at - 1)])
    }
}
