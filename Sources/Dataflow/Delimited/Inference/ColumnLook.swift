import Rows

/// What the values of one column have in common so far.
struct ColumnLook {
    let name: String
    private var candidates = ColumnLook.allCandidates
    private var count = 0
    private var empty = 0
    /// Cells that are quoted and empty: text, and of no other type.
    private var quotedEmpty = 0
    private var quotedMarkers = 0
    private var markerCounts: [String: Int] = [:]
    /// Hashes of the values as long as all are different; nil when two weren't, or they are too many to remember.
    private var hashes: Set<Int>? = []
    private var values: [String: Int]? = [:]
    private var fractionDigits: Set<Int> = []
    private var lowest: Bound?
    private var highest: Bound?

    static let valueLimit = 12
    private static let hashLimit = 2_000_000

    init(name: String) { self.name = name }

    /// Texts that stand for null in many files.
    static let markers = ["NULL", "null", "NA", "N/A", "n/a", "\\N", "None", "nil", "#N/A", "NaN", "nan", "-", "?"]
    private static let markerStarts = Set(markers.compactMap(\.utf8.first))

    struct Candidate {
        let type: ColumnType
        let text: String?
        let format: ValueFormat

        init?(_ type: ColumnType, _ text: String? = nil) {
            guard let format = try? ValueFormat(type, text) else { return nil }
            self.type = type
            self.text = text
            self.format = format
        }
    }

    /// Narrow types before wide ones: the first that took every value is the column's.
    static let allCandidates: [Candidate] = [
        Candidate(.integer), Candidate(.boolean), Candidate(.boolean, "yes|no"), Candidate(.boolean, "Yes|No"), Candidate(.boolean, "Y|N"), Candidate(.boolean, "T|F"),
        Candidate(.date), Candidate(.date, "dd.MM.yyyy"), Candidate(.date, "MM/dd/yyyy"), Candidate(.date, "dd/MM/yyyy"), Candidate(.date, "yyyy/MM/dd"), Candidate(.date, "dd-MM-yyyy"),
        Candidate(.date, "d.M.yyyy"), Candidate(.date, "M/d/yyyy"), Candidate(.date, "d/M/yyyy"), Candidate(.date, "dd-MMM-yyyy"), Candidate(.date, "dd MMM yyyy"),
        Candidate(.timestamp), Candidate(.timestamp, "yyyy-MM-dd HH:mm"), Candidate(.timestamp, "dd.MM.yyyy HH:mm:ss"), Candidate(.timestamp, "dd.MM.yyyy HH:mm"),
        Candidate(.timestamp, "MM/dd/yyyy HH:mm:ss"), Candidate(.timestamp, "MM/dd/yyyy HH:mm"), Candidate(.timestamp, "MM/dd/yyyy hh:mm:ss a"), Candidate(.timestamp, "MM/dd/yyyy hh:mm a"),
        Candidate(.timestamp, "dd/MM/yyyy HH:mm:ss"), Candidate(.timestamp, "dd/MM/yyyy HH:mm"), Candidate(.timestamp, "yyyy/MM/dd HH:mm:ss"),
        Candidate(.decimal), Candidate(.decimal, "0,00"), Candidate(.decimal, "#,##0.00"), Candidate(.decimal, "#.##0,00"), Candidate(.float),
    ].compactMap { $0 }

    /// A value of some type, by itself.
    static func looksTyped(_ text: [UInt8]) -> Bool {
        guard !text.isEmpty, text.count < 64 else { return false }
        return text.withUnsafeBufferPointer { buffer in allCandidates.contains { accepts($0, buffer) } }
    }

    var markersSeen: [String] { Self.markers.filter { markerCounts[$0] != nil } }

    /// - Parameter text: nil for a null.
    mutating func look(at text: UnsafeBufferPointer<UInt8>?, isQuoted: Bool) {
        count += 1
        guard let text else {
            empty += 1
            return
        }
        guard let first = text.first else {
            quotedEmpty += 1
            note("")
            return
        }
        if text.count <= 4, Self.markerStarts.contains(first), case let word = String(decoding: text, as: UTF8.self), Self.markers.contains(word) {
            note(word)
            // In quotes it is never null.
            if isQuoted { quotedMarkers += 1 } else { markerCounts[word, default: 0] += 1 }
            return
        }
        if let known = hashes?.count {
            var hasher = Hasher()
            hasher.combine(bytes: UnsafeRawBufferPointer(text))
            // Changed where it stands: a second name for it would copy it for every row.
            if known >= Self.hashLimit || !(hashes?.insert(hasher.finalize()).inserted ?? false) { hashes = nil }
        }
        if values != nil { note(String(decoding: text, as: UTF8.self)) }
        candidates.removeAll { !Self.accepts($0, text) }
        guard let type = candidates.first?.type else { return }
        if type == .decimal || type == .integer { fractionDigits.insert(Self.digitsBehindPoint(text, candidates.first?.text)) }
        widen(text)
    }

    private mutating func note(_ word: String) {
        values?[word, default: 0] += 1
        if let found = values?.count, found > Self.valueLimit { values = nil }
    }

    private static func digitsBehindPoint(_ text: UnsafeBufferPointer<UInt8>, _ format: String?) -> Int {
        let mark = format == "0,00" || format == "#.##0,00" ? UInt8(ascii: ",") : UInt8(ascii: ".")
        guard let point = text.lastIndex(of: mark) else { return 0 }
        return text.count - point - 1
    }

    private static func accepts(_ candidate: Candidate, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = text.baseAddress, text.count < 64 else { return false }
        let isNumber = candidate.type == .integer || candidate.type == .decimal || candidate.type == .float
        if isNumber {
            // 007 and +49 are names of things, not numbers.
            let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
            if digits.first == UInt8(ascii: "+") || (digits.count < text.count && digits.elementsEqual([UInt8(ascii: "0")])) { return false }
            if digits.count > 1, digits.first == UInt8(ascii: "0"), let second = digits.dropFirst().first, (0x30...0x39).contains(second) { return false }
        }
        switch candidate.type {
        case .string: return true
        case .integer: return ValueFormat.integer(start, text.count) != nil
        case .decimal:
            guard candidate.format.decimal(start, text.count) != nil else { return false }
            // A format with groups must have groups of three, or 1,5 would be fifteen.
            return !hasOddGroups(text, candidate.text)
        case .float: return ValueFormat.float(start, text.count) != nil
        case .boolean: return candidate.format.boolean(start, text.count) != nil
        case .date: return candidate.format.date(start, text.count) != nil
        case .timestamp: return text.count > 10 && candidate.format.timestamp(start, text.count) != nil
        }
    }

    private static func hasOddGroups(_ text: UnsafeBufferPointer<UInt8>, _ format: String?) -> Bool {
        let mark: UInt8
        switch format {
        case "#,##0.00": mark = UInt8(ascii: ",")
        case "#.##0,00": mark = UInt8(ascii: ".")
        default: return false
        }
        let point = mark == UInt8(ascii: ",") ? UInt8(ascii: ".") : UInt8(ascii: ",")
        let whole = text.prefix { $0 != point }
        let groups = whole.split(separator: mark, omittingEmptySubsequences: false)
        return groups.count > 1 && !groups.dropFirst().allSatisfy { $0.count == 3 }
    }

    // MARK: bounds

    private enum Bound: Comparable {
        case whole(Int64)
        case decimal(Decimal)
        case float(Double)
        case date(Int32)
        case moment(Int64)
    }

    private mutating func widen(_ text: UnsafeBufferPointer<UInt8>) {
        guard let start = text.baseAddress, let candidate = candidates.first else { return }
        // A column that stops being integer is decimal from its first value on: all bounds of numbers are kept as decimals.
        let bound: Bound? =
            switch candidate.type {
            case .integer, .decimal: candidate.format.type == .integer ? ValueFormat.integer(start, text.count).map { .decimal(Decimal($0)) } : candidate.format.decimal(start, text.count).map { .decimal($0) }
            case .float: ValueFormat.float(start, text.count).map { .float($0) }
            case .date: candidate.format.date(start, text.count).map { .date($0) }
            case .timestamp: candidate.format.timestamp(start, text.count).map { .moment($0) }
            case .string, .boolean: nil
            }
        guard let bound else { return }
        // What was a number of one kind before stays in sight when the column becomes one of floats.
        if case .float = bound { (lowest, highest) = (lowest.map(Self.asFloat), highest.map(Self.asFloat)) }
        guard let low = lowest, let high = highest, Self.sameKind(low, bound) else {
            (lowest, highest) = (bound, bound)
            return
        }
        lowest = min(low, bound)
        highest = max(high, bound)
    }

    private static func asFloat(_ bound: Bound) -> Bound {
        if case .decimal(let value) = bound { return .float(value.double) }
        return bound
    }

    private static func sameKind(_ a: Bound, _ b: Bound) -> Bool {
        switch (a, b) {
        case (.decimal, .decimal), (.float, .float), (.date, .date), (.moment, .moment), (.whole, .whole): true
        default: false
        }
    }

    // MARK: the result

    private var hasValues: Bool { count > empty + quotedEmpty + quotedMarkers + markerCounts.values.reduce(0, +) }
    var isTyped: Bool { looksTyped && quotedEmpty == 0 && quotedMarkers == 0 }
    private var looksTyped: Bool { hasValues && !candidates.isEmpty }

    /// What is uncertain about the type.
    var note: String? {
        guard looksTyped, let first = candidates.first else { return nil }
        guard isTyped else {
            return "column \(name): its values are of type \(first.type.rawValue), but \(quotedEmpty + quotedMarkers) cells are quoted and empty or a word for null, which is text: "
                + "it was taken for text; with that type and onError: SetNull they become null"
        }
        let text = first.text ?? ""
        if first.type == .date || first.type == .timestamp, first.text != nil,
            let other = candidates.dropFirst().first(where: { $0.type == first.type && Self.letters($0.text) == Self.letters(text) && $0.text != text }) {
            return "column \(name): every value fits \(text) and \(other.text ?? "") alike; \(text) was taken, check it"
        }
        // 1,234 with a comma is one and a bit, or a thousand and more.
        if first.type == .decimal, fractionDigits == [3], let other = candidates.dropFirst().first(where: { $0.type == .decimal }) {
            return "column \(name): in every value three digits follow the mark; it was taken for a decimal one, not for that of thousands (\(other.text ?? "")), check it"
        }
        return nil
    }

    private static func letters(_ text: String?) -> [UInt8] { (text ?? "").utf8.filter { $0 >= 0x41 }.sorted() }

    /// - Parameter isWhole: all rows were seen: else no rule is made of what the others may not keep.
    func inferred(markers: [String], isWhole: Bool) -> InferredColumn {
        let chosen = isTyped ? candidates.first : nil
        let type = chosen?.type ?? .string
        var format = chosen?.text
        if type == .decimal {
            let digits = fractionDigits.count == 1 ? fractionDigits.first ?? 0 : 0
            format = Self.decimalFormat(format, digits: digits)
        }
        let nulls = empty + markers.reduce(0) { $0 + (markerCounts[$1] ?? 0) }
        let present = count - nulls
        var few: [String] = []
        if isWhole, quotedMarkers == 0, type == .string, let values, present >= 50, values.count >= 2, values.values.allSatisfy({ $0 >= 5 }) {
            few = values.keys.filter { !markers.contains($0) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        let isUnique = isWhole && present >= 20 && hashes?.count == count && (type == .integer || type == .string)
        return InferredColumn(
            name: name, type: type, format: format, required: isWhole && count > 0 && nulls == 0, unique: isUnique, constraint: isWhole ? constraint(type, few) : nil,
            minimum: Self.text(lowest, type), maximum: Self.text(highest, type), values: few, nulls: nulls)
    }

    /// Fraction digits that all values have become the format's, so that computed ones look alike.
    private static func decimalFormat(_ format: String?, digits: Int) -> String? {
        guard digits > 0 else { return format }
        let zeros = String(repeating: "0", count: digits)
        switch format {
        case "0,00": return "0,\(zeros)"
        case "#,##0.00": return "#,##0.\(zeros)"
        case "#.##0,00": return "#.##0,\(zeros)"
        default: return "0.\(zeros)"
        }
    }

    private func constraint(_ type: ColumnType, _ few: [String]) -> String? {
        if !few.isEmpty { return "self in [\(few.map(Self.quoted).joined(separator: ", "))]" }
        guard [.integer, .decimal, .float].contains(type) else { return nil }
        switch lowest {
        case .decimal(let low): return low > .zero ? "self > 0" : low == .zero ? "self >= 0" : nil
        case .float(let low): return low > 0 ? "self > 0.0" : low == 0 ? "self >= 0.0" : nil
        case .whole, .date, .moment, nil: return nil
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func text(_ bound: Bound?, _ type: ColumnType) -> String? {
        var room = [UInt8](repeating: 0, count: 128)
        let format = ValueFormat(plain: type)
        let count: Int = room.withUnsafeMutableBufferPointer { buffer in
            guard let target = buffer.baseAddress else { return 0 }
            switch (bound, type) {
            case (.decimal(let value), .integer), (.decimal(let value), .decimal): return value.write(to: target)
            case (.float(let value), .float): return ValueFormat.write(value, to: target)
            case (.date(let value), .date): return format.write(days: value, to: target)
            case (.moment(let value), .timestamp): return format.write(microseconds: value, to: target)
            default: return 0
            }
        }
        return count == 0 ? nil : String(decoding: room[..<count], as: UTF8.self)
    }
}
