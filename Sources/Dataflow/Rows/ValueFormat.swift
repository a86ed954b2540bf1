/// How values of a column type are read from text and written as text: a type and what a document says as `format`, made ready once.
///
/// - integer, string: no format.
/// - decimal: `0.00` says two digits behind the point; `0,00` a comma as point; `#,##0.00` and `#.##0,00` groups of three as well.
///   Reading takes any number of digits behind the point, exactly; writing rounds half away from zero to the format's. `0,#` and `#.##0,#`
///   write as many digits as the value has.
/// - float: `0,#` says a comma as point, `0.#` the point that it has without a format.
/// - boolean: `yes|no`, the text of true and that of false, as written; without: `true` and `false` in any case.
/// - date, timestamp: a pattern of `yyyy MM dd HH hh mm ss S a XXX MMM` and literal text (letters in single quotes): see `DatePattern`.
///   Without: ISO 8601 (`2026-11-20`, `2026-11-20T13:05:00.25Z`; a space instead of T and a missing offset, which means UTC, are read too).
public struct ValueFormat: Sendable, Hashable {
    public let type: ColumnType
    /// As written; nil: the type's own form.
    public let text: String?
    /// Decimals: digits behind the point when written; nil: as many as the value has.
    public let scale: Int?
    let point: UInt8
    let group: UInt8?
    let pattern: DatePattern?
    /// Dates whose parts have certain places, those of the type's own form included.
    public let layout: DateLayout?
    let truth: [UInt8]
    let falsehood: [UInt8]

    /// Why a format can't be used: a sentence for its author.
    public struct Unusable: Error, Sendable, Hashable {
        public let reason: String
    }

    public init(_ type: ColumnType, _ text: String? = nil) throws(Unusable) {
        self.type = type
        self.text = text
        var (scale, point, group, pattern): (Int?, UInt8, UInt8?, DatePattern?) = (nil, UInt8(ascii: "."), nil, nil)
        var (truth, falsehood): ([UInt8], [UInt8]) = ([], [])
        if let text {
            switch type {
            case .decimal: (scale, point, group) = try Self.decimalParts(text)
            case .date, .timestamp: pattern = try DatePattern(text, allowsTime: type == .timestamp)
            case .boolean:
                let words = text.split(separator: "|", omittingEmptySubsequences: false)
                guard words.count == 2, words[0] != words[1], !words[0].isEmpty, !words[1].isEmpty else {
                    throw Unusable(reason: "a boolean's format is the text of true, a bar, the text of false, as in yes|no")
                }
                (truth, falsehood) = (Array(words[0].utf8), Array(words[1].utf8))
            case .float:
                guard text == "0,#" || text == "0.#" else { throw Unusable(reason: "a float's format is 0,# for a decimal comma, or 0.#") }
                point = text == "0,#" ? UInt8(ascii: ",") : point
            case .string, .integer: throw Unusable(reason: "columns of type \(type.rawValue) have no format")
            }
        }
        self.scale = scale
        self.point = point
        self.group = group
        self.pattern = pattern
        layout = type != .date ? nil : pattern.map { DateLayout($0.parts) } ?? .iso
        self.truth = truth
        self.falsehood = falsehood
    }

    /// The type's own form.
    public init(plain type: ColumnType) {
        self.type = type
        text = nil
        scale = nil
        point = UInt8(ascii: ".")
        group = nil
        pattern = nil
        layout = type == .date ? .iso : nil
        truth = []
        falsehood = []
    }

    /// Numbers have a comma where others have a point.
    public var hasDecimalComma: Bool { point == UInt8(ascii: ",") }

    private static func decimalParts(_ text: String) throws(Unusable) -> (Int?, UInt8, UInt8?) {
        let wrong = Unusable(reason: "a decimal's format is like 0.00, 0,00, 0,#, #,##0.00 or #.##0,00")
        let marks = text.utf8.filter { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }
        guard text.utf8.allSatisfy({ "0#., ".utf8.contains($0) }), text.utf8.contains(UInt8(ascii: "0")) else { throw wrong }
        if marks.isEmpty {
            guard text == "0" else { throw wrong }
            return (0, UInt8(ascii: "."), nil)
        }
        // With groups the form is #,##0 and then perhaps a point and zeros.
        let bytes = Array(text.utf8)
        var group: UInt8?
        var rest = bytes[...]
        if bytes.first == UInt8(ascii: "#") {
            guard bytes.count >= 5, Array(bytes[2..<5]) == Array("##0".utf8) else { throw wrong }
            group = bytes[1]
            rest = bytes[5...]
        } else {
            guard bytes.first == UInt8(ascii: "0") else { throw wrong }
            rest = bytes[1...]
        }
        guard let point = rest.first else {
            guard let group else { throw wrong }
            return (0, group == UInt8(ascii: ".") ? UInt8(ascii: ",") : UInt8(ascii: "."), group)
        }
        let zeros = rest.dropFirst()
        if zeros.elementsEqual([UInt8(ascii: "#")]), point != UInt8(ascii: " "), point != group { return (nil, point, group) }
        guard point != UInt8(ascii: " "), point != group, point == UInt8(ascii: ".") || point == UInt8(ascii: ","), !zeros.isEmpty, zeros.allSatisfy({ $0 == UInt8(ascii: "0") }),
            zeros.count <= Decimal.maximumScale
        else { throw wrong }
        return (zeros.count, point, group)
    }
}
