import Rows

/// What the values of one column have in common so far.
struct ColumnLook {
    let name: String
    private var candidates = ColumnLook.allCandidates
    private var count = 0
    private var empty = 0
    private(set) var markersSeen: [String] = []
    private var markerCount = 0
    /// Values with their hashes: all different as long as the set grows with them.
    private var hashes: Set<Int> = []
    private var values: [String: Int]? = [:]
    private var fractionDigits: Set<Int> = []
    private var lowest: Bound?
    private var highest: Bound?

    static let valueLimit = 12

    init(name: String) { self.name = name }

    /// Texts that stand for null in many files.
    static let markers = ["NULL", "null", "NA", "N/A", "n/a", "\\N", "None", "nil", "#N/A", "-", "?"]

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

    mutating func look(at text: UnsafeBufferPointer<UInt8>?) {
        count += 1
        guard let text, !text.isEmpty else {
            empty += 1
            return
        }
        let word = text.count <= 4 ? String(decoding: text, as: UTF8.self) : nil
        if let word, Self.markers.contains(word) {
            if !markersSeen.contains(word) { markersSeen.append(word) }
            markerCount += 1
            note(word)
            return
        }
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(text))
        hashes.insert(hasher.finalize())
        if values != nil { note(String(decoding: text, as: UTF8.self)) }
        candidates.removeAll { !Self.accepts($0, text) }
        guard let type = candidates.first?.type else { return }
        if type == .decimal || type == .integer { fractionDigits.insert(Self.digitsBehindPoint(text, candidates.first?.text)) }
        widen(text)
    }

    private mutating func note(_ word: String) {
        values?[word, default: 0] += 1
        if let found = values, found.count > Self.valueLimit { values = nil }
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
            if digits.first == UInt8(ascii: "+") { return false }
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
        guard let low = lowest, let high = highest, Self.sameKind(low, bound) else {
            (lowest, highest) = (bound, bound)
            return
        }
        lowest = min(low, bound)
        highest = max(high, bound)
    }

    private static func sameKind(_ a: Bound, _ b: Bound) -> Bool {
        switch (a, b) {
        case (.decimal, .decimal), (.float, .float), (.date, .date), (.moment, .moment), (.whole, .whole): true
        default: false
        }
    }

    // MARK: the result

    private var hasValues: Bool { count > empty + markerCount }
    var isTyped: Bool { hasValues && !candidates.isEmpty }

    /// What is uncertain about the type.
    var note: String? {
        guard isTyped, let first = candidates.first, let text = first.text, first.type == .date || first.type == .timestamp,
            let other = candidates.dropFirst().first(where: { $0.type == first.type && Self.letters($0.text) == Self.letters(text) && $0.text != text })
        else { return nil }
        return "column \(name): every value fits \(text) and \(other.text ?? "") alike; \(text) was taken, check it"
    }

    private static func letters(_ text: String?) -> [UInt8] { (text ?? "").utf8.filter { $0 >= 0x41 }.sorted() }

    func inferred(markers: [String]) -> InferredColumn {
        let chosen = isTyped ? candidates.first : nil
        let type = chosen?.type ?? .string
        var format = chosen?.text
        if type == .decimal {
            let digits = fractionDigits.count == 1 ? fractionDigits.first ?? 0 : 0
            format = Self.decimalFormat(format, digits: digits)
        }
        let nulls = empty + (markersSeen.allSatisfy(markers.contains) ? markerCount : 0)
        let present = count - nulls
        var few: [String] = []
        if type == .string, let values, present >= 50, values.count >= 2, values.values.allSatisfy({ $0 >= 5 }) {
            few = values.keys.filter { !markers.contains($0) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        let isUnique = present >= 20 && hashes.count == count - empty - markerCount && nulls == 0 && (type == .integer || type == .string)
        return InferredColumn(
            name: name, type: type, format: format, required: count > 0 && nulls == 0, unique: isUnique, constraint: constraint(type, few),
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
