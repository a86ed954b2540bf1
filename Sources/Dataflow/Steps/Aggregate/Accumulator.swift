import Rows

/// What one function has gathered of one group. Exact, so that parts may be gathered apart and joined in any order.
enum Accumulator: Sendable {
    case count(Int64)
    case integers(sum: Int128, count: Int64)
    /// `coefficient` is not bounded to 35 digits before the end.
    case decimals(coefficient: Int128, scale: Int, count: Int64)
    case floats(ExactSum, count: Int64)
    case extreme(AggregateValue?)
}

/// A value of a column, for minima and maxima.
enum AggregateValue: Sendable, Equatable {
    case integer(Int64)
    case float(Double)
    case decimal(Decimal)
    case text([UInt8])

    /// Of values of the same column.
    func isLess(than other: AggregateValue) -> Bool {
        switch (self, other) {
        case (.integer(let a), .integer(let b)): a < b
        case (.float(let a), .float(let b)): a < b
        case (.decimal(let a), .decimal(let b)): a < b
        case (.text(let a), .text(let b)): a.lexicographicallyPrecedes(b)
        default: false
        }
    }
}

/// A sum left 128 bits.
struct SumOverflow: Error {}

extension Accumulator {
    mutating func add(decimal value: Decimal) throws(SumOverflow) {
        guard case .decimals(let coefficient, let scale, let count) = self else { return }
        let (sum, common) = try Self.sum(coefficient, scale, value.coefficient, value.scale)
        self = .decimals(coefficient: sum, scale: common, count: count + 1)
    }

    private static func sum(_ a: Int128, _ aScale: Int, _ b: Int128, _ bScale: Int) throws(SumOverflow) -> (Int128, Int) {
        let scale = max(aScale, bScale)
        let (sum, overflow) = try scaled(a, by: scale - aScale).addingReportingOverflow(scaled(b, by: scale - bScale))
        if overflow { throw SumOverflow() }
        return (sum, scale)
    }

    private static func scaled(_ value: Int128, by digits: Int) throws(SumOverflow) -> Int128 {
        var value = value
        for _ in 0..<digits {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { throw SumOverflow() }
            value = product
        }
        return value
    }

    /// Joins what another part of the run gathered for the same group.
    mutating func join(_ other: Accumulator, isMinimum: Bool) throws(SumOverflow) {
        switch (self, other) {
        case (.count(let a), .count(let b)): self = .count(a + b)
        case (.integers(let a, let n), .integers(let b, let m)): self = .integers(sum: a + b, count: n + m)
        case (.decimals(let a, let aScale, let n), .decimals(let b, let bScale, let m)):
            let (sum, scale) = try Self.sum(a, aScale, b, bScale)
            self = .decimals(coefficient: sum, scale: scale, count: n + m)
        case (.floats(var a, let n), .floats(let b, let m)):
            a.add(b)
            self = .floats(a, count: n + m)
        case (.extreme(let a), .extreme(let b)):
            guard let b else { return }
            guard let a else {
                self = other
                return
            }
            if isMinimum ? b.isLess(than: a) : a.isLess(than: b) { self = .extreme(b) }
        default: break
        }
    }

    func write(to writer: inout StateWriter) {
        func put(_ value: Int128) {
            writer.put(Int64(truncatingIfNeeded: value))
            writer.put(Int64(truncatingIfNeeded: value >> 64))
        }
        switch self {
        case .count(let count): writer.put(count)
        case .integers(let sum, let count):
            put(sum)
            writer.put(count)
        case .decimals(let coefficient, let scale, let count):
            put(coefficient)
            writer.put(scale)
            writer.put(count)
        case .floats(let sum, let count):
            writer.put(sum.parts.count)
            for part in sum.parts { writer.put(Int64(bitPattern: part.bitPattern)) }
            writer.put(count)
        case .extreme(let value):
            switch value {
            case nil: writer.put(0)
            case .integer(let value):
                writer.put(1)
                writer.put(value)
            case .float(let value):
                writer.put(2)
                writer.put(Int64(bitPattern: value.bitPattern))
            case .decimal(let value):
                writer.put(3)
                put(value.coefficient)
                writer.put(value.scale)
            case .text(let bytes):
                writer.put(4)
                writer.put(bytes)
            }
        }
    }

    /// Reads one of the same case as `self`.
    func read(from reader: inout StateReader) throws(StateReader.Malformed) -> Accumulator {
        func wide(_ reader: inout StateReader) throws(StateReader.Malformed) -> Int128 {
            let low = UInt64(bitPattern: try reader.int64())
            return Int128(try reader.int64()) << 64 | Int128(low)
        }
        switch self {
        case .count: return .count(try reader.int64())
        case .integers: return .integers(sum: try wide(&reader), count: try reader.int64())
        case .decimals: return .decimals(coefficient: try wide(&reader), scale: try reader.int(), count: try reader.int64())
        case .floats:
            var parts: [Double] = []
            for _ in 0..<(try reader.count()) { parts.append(Double(bitPattern: UInt64(bitPattern: try reader.int64()))) }
            return .floats(ExactSum(parts: parts), count: try reader.int64())
        case .extreme:
            switch try reader.int() {
            case 0: return .extreme(nil)
            case 1: return .extreme(.integer(try reader.int64()))
            case 2: return .extreme(.float(Double(bitPattern: UInt64(bitPattern: try reader.int64()))))
            case 3:
                guard let value = Decimal(coefficient: try wide(&reader), scale: try reader.int()) else { throw StateReader.Malformed() }
                return .extreme(.decimal(value))
            case 4: return .extreme(.text(try reader.data()))
            default: throw StateReader.Malformed()
            }
        }
    }
}
