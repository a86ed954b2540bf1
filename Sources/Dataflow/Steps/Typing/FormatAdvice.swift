import Rows

/// Which type and format would read a cell that can't be read: what `fix` says of it.
///
/// Only what then really reads the text is said.
enum FormatAdvice {
    /// - Returns: for example `declare format: "0,00" for a decimal comma`; nil: nothing that is known reads it.
    static func advice(_ text: String, type: ColumnType, format: String?) -> String? {
        switch type {
        case .integer, .decimal, .float: number(text, type, format)
        case .date, .timestamp: moment(text, type, format)
        case .boolean: truth(text)
        case .string: nil
        }
    }

    private static func reads(_ text: String, _ type: ColumnType, _ format: String?) -> Bool {
        do throws(ValueFormat.Unusable) {
            let format = try ValueFormat(type, format)
            let bytes = Array(text.utf8)
            return bytes.withUnsafeBufferPointer { bytes in
                guard let start = bytes.baseAddress else { return false }
                return switch type {
                case .decimal: format.decimal(start, bytes.count) != nil
                case .float: format.float(start, bytes.count) != nil
                case .date: format.date(start, bytes.count) != nil
                case .timestamp: format.timestamp(start, bytes.count) != nil
                case .boolean: format.boolean(start, bytes.count) != nil
                case .integer: ValueFormat.integer(start, bytes.count) != nil
                case .string: true
                }
            }
        } catch { return false }
    }

    // MARK: Numbers

    private static func number(_ text: String, _ type: ColumnType, _ format: String?) -> String? {
        let marks = text.utf8.enumerated().filter { [UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: " ")].contains($0.element) }
        guard let last = marks.last, text.utf8.count <= 40 else { return nil }
        let behind = text.utf8.count - last.offset - 1
        let others = Set(marks.dropLast().map(\.element))
        guard others.count <= 1, behind > 0 else { return nil }
        let sign = Character(Unicode.Scalar(last.element))
        let group = others.first.map { String(Character(Unicode.Scalar($0))) }
        let zeros = String(repeating: "0", count: behind)
        var forms: [(format: String, words: String)] = []
        // 1.234 may be either.
        if last.element != UInt8(ascii: " "), group != String(sign) {
            forms.append((group.map { "#\($0)##0\(sign)\(zeros)" } ?? "0\(sign)\(zeros)", sign == "," ? "a decimal comma" : "a decimal point"))
        }
        if behind == 3, group == nil || group == String(sign) { forms.append(("#\(sign)##0", "groups of three digits")) }
        if type == .float, sign == ",", forms.first?.format == "0,\(zeros)", format == nil, reads(text, .float, "0,#") { return "declare format: \"0,#\" for a decimal comma" }
        let fitting = forms.filter { $0.format != format && reads(text, .decimal, $0.format) }
        guard !fitting.isEmpty else { return nil }
        let said = fitting.map { "format: \"\($0.format)\" for \($0.words)" }.joined(separator: ", or ")
        return type == .decimal ? "declare \(said)" : "declare type: decimal with \(said)"
    }

    // MARK: Times and truth

    private static let dates = ["dd.MM.yyyy", "d.M.yyyy", "dd/MM/yyyy", "MM/dd/yyyy", "d/M/yyyy", "M/d/yyyy", "dd-MM-yyyy", "yyyyMMdd", "yyyy/MM/dd", "dd.MM.yy"]

    private static func moment(_ text: String, _ type: ColumnType, _ format: String?) -> String? {
        let clocks = type == .date ? [""] : [" HH:mm:ss", " HH:mm", ""]
        let fitting = clocks.flatMap { clock in dates.map { $0 + clock } }.filter { $0 != format && reads(text, type, $0) }
        if format != nil, reads(text, type, nil) { return "leave the format out, for it is written as ISO 8601 says" }
        guard let first = fitting.first else { return nil }
        let second = fitting.dropFirst().first { $0.contains("/") && first.contains("/") && $0.hasPrefix("M") != first.hasPrefix("M") && $0.utf8.count == first.utf8.count }
        return "declare format: \"\(first)\"" + (second.map { ", or \"\($0)\" where the month stands first" } ?? "")
    }

    private static let truths = ["yes|no", "Yes|No", "YES|NO", "y|n", "Y|N", "1|0", "on|off", "t|f", "T|F", "ja|nein", "Ja|Nein", "x|"]

    private static func truth(_ text: String) -> String? {
        truths.first { reads(text, .boolean, $0) }.map { "declare format: \"\($0)\", the text of true and that of false" }
    }
}
