/// Goes through the fields of a message of protobuf in its binary form.
struct WireReader {
    enum Content {
        case number(UInt64), fixed32(UInt32), fixed64(UInt64), bytes(ArraySlice<UInt8>)
        /// The fields of an old kind of message, which none of those has that are known here.
        case group
    }

    private var rest: ArraySlice<UInt8>
    private static let mostFields: UInt64 = (1 << 29) - 1
    private static let deepestGroup = 10_000

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// What reading gives: a field, the end, or that these are no fields.
    enum Step { case field(UInt64, Content), end, malformed }

    mutating func next() -> Step {
        guard !rest.isEmpty else { return .end }
        guard let (field, kind) = tag(), let content = content(of: field, kind) else { return .malformed }
        return .field(field, content)
    }

    private mutating func tag() -> (field: UInt64, kind: UInt64)? {
        guard let tag = number(), (1...Self.mostFields).contains(tag >> 3) else { return nil }
        return (tag >> 3, tag & 7)
    }

    private mutating func content(of field: UInt64, _ kind: UInt64) -> Content? {
        switch kind {
        case 0: return number().map { .number($0) }
        case 1: return fixed(8).map { .fixed64($0) }
        case 2: return bytes().map { .bytes($0) }
        case 3: return passGroup(field) ? .group : nil
        case 5: return fixed(4).map { .fixed32(UInt32(truncatingIfNeeded: $0)) }
        default: return nil
        }
    }

    /// Seven bits a byte, the lowest first; 64 at most.
    private mutating func number() -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            if shift == 63, byte > 1 { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        return nil
    }

    private mutating func fixed(_ count: Int) -> UInt64? {
        guard rest.count >= count else { return nil }
        let number = rest.prefix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(count)
        return number
    }

    private mutating func bytes() -> ArraySlice<UInt8>? {
        guard let length = number(), let count = Int(exactly: length), count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// Groups lie within each other.
    private mutating func passGroup(_ field: UInt64) -> Bool {
        var open = [field]
        while let innermost = open.last {
            guard let (field, kind) = tag() else { return false }
            switch kind {
            case 3:
                guard open.count < Self.deepestGroup else { return false }
                open.append(field)
            case 4:
                guard field == innermost else { return false }
                open.removeLast()
            default:
                guard content(of: field, kind) != nil else { return false }
            }
        }
        return true
    }
}
