import Kernel

/// What went wrong in a pipeline, said so that the reader can act: what, where, why and what to do next.
///
/// A value: it travels from the step that saw it to the terminal, the status, the dead letters and the report unchanged.
public struct PipelineProblem: Error, Sendable, Equatable {
    /// How much it matters.
    public enum Severity: String, Sendable, CaseIterable {
        /// The run goes on and the row as well.
        case warning
        /// The row can't go on; the column's policy and the budget decide about the run.
        case error
        /// The run ends.
        case fatal
    }

    /// Whose business it is to mend it.
    public enum Category: String, Sendable, CaseIterable {
        /// The document: a step, a name, a type that doesn't fit.
        case configuration
        /// The source: missing, truncated, changed, not readable.
        case input
        /// A row's content: not of its type, empty, repeated, against a constraint.
        case data
        /// A CEL expression that failed on a row.
        case expression
        /// The user's JavaScript.
        case script
        /// An output that refuses.
        case output
        /// Too many bad rows.
        case budget
        /// Memory, disk or time ran out.
        case resource
        /// A checkpoint that can't be used.
        case checkpoint
        /// Somebody stopped it.
        case cancelled
        /// A defect of Millwright's own.
        case defect
    }

    public var severity: Severity
    public var category: Category
    /// What happened, as a sentence part: `column qty is not an integer`.
    public var what: String
    public var place: Place
    /// Why: what was found, and what was expected.
    public var why: String
    /// What the reader can do about it.
    public var fix: String
    /// It may pass by itself (a server restarts, a disk is freed): the run waits and goes on from its checkpoint.
    public var isTransient: Bool

    public init(_ severity: Severity, _ category: Category, what: String, at place: Place = Place(), why: String, fix: String, isTransient: Bool = false) {
        self.severity = severity
        self.category = category
        self.what = what
        self.place = place
        self.why = why
        self.fix = fix
        self.isTransient = isTransient
    }

    /// Where: whatever of it is known.
    public struct Place: Sendable, Equatable {
        public var file: String?
        /// The row's number in the input, counted from 1 and without the header.
        public var row: Int64?
        /// Offset in bytes from the start of the (decompressed, decoded) input.
        public var byte: Int64?
        public var column: String?
        public var step: String?
        /// The line in the user's script or expression, from 1.
        public var line: Int?

        public init(file: String? = nil, row: Int64? = nil, byte: Int64? = nil, column: String? = nil, step: String? = nil, line: Int? = nil) {
            self.file = file
            self.row = row
            self.byte = byte
            self.column = column
            self.step = step
            self.line = line
        }
    }

    /// The same problem with what the caller knows of its place filled in where it is still unknown.
    public func at(file: String? = nil, row: Int64? = nil, byte: Int64? = nil, column: String? = nil, step: String? = nil) -> PipelineProblem {
        var result = self
        result.place.file = place.file ?? file
        result.place.row = place.row ?? row
        result.place.byte = place.byte ?? byte
        result.place.column = place.column ?? column
        result.place.step = place.step ?? step
        return result
    }
}

extension PipelineProblem: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        let location = place.description
        return (location.isEmpty ? "" : location + ": ") + what + ": " + why + (why.hasSuffix("?") ? " " : ". ") + fix
    }

    public var json: JSON {
        var object = JSONObject()
        object["severity"] = .string(severity.rawValue)
        object["category"] = .string(category.rawValue)
        object["what"] = .string(what)
        object["where"] = place.json
        object["why"] = .string(why)
        object["fix"] = .string(fix)
        if isTransient { object["transient"] = true }
        return .object(object)
    }

    /// Reads what `json` wrote; nil for anything else.
    public init?(json: JSON) {
        guard let severity = json["severity"]?.string.flatMap(Severity.init), let category = json["category"]?.string.flatMap(Category.init),
            let what = json["what"]?.string, let why = json["why"]?.string, let fix = json["fix"]?.string
        else { return nil }
        self.init(severity, category, what: what, at: Place(json: json["where"] ?? .null), why: why, fix: fix,
            isTransient: json["transient"]?.bool ?? false)
    }
}

extension PipelineProblem.Place: CustomStringConvertible {
    public var description: String {
        var parts: [String] = []
        if let file { parts.append(file) }
        if let row { parts.append("row \(row)") }
        if let byte { parts.append("byte \(byte)") }
        if let column { parts.append("column \(column)") }
        if let step { parts.append("step \(step)") }
        if let line { parts.append("line \(line)") }
        return parts.joined(separator: ", ")
    }

    public var json: JSON {
        var object = JSONObject()
        if let file { object["file"] = .string(file) }
        if let row { object["row"] = .int(row) }
        if let byte { object["byte"] = .int(byte) }
        if let column { object["column"] = .string(column) }
        if let step { object["step"] = .string(step) }
        if let line { object["line"] = .int(Int64(line)) }
        return .object(object)
    }

    init(json: JSON) {
        self.init(
            file: json["file"]?.string, row: json["row"]?.int, byte: json["byte"]?.int, column: json["column"]?.string,
            step: json["step"]?.string, line: json["line"]?.int.map { Int($0) })
    }
}
