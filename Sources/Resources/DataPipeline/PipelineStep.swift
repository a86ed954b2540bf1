import Kernel

/// One step on the way of every row.
public struct PipelineStep: Sendable, Equatable {
    public enum Operation: Sendable, Equatable {
        case javascript(JavaScriptStep)
        /// CEL; rows for which it is not true are left out.
        case filter(expression: String)
        /// A further column, or a new value of one there is. `type` nil: what the expression gives.
        case derive(column: String, expression: String, type: ColumnType?)
        /// These columns, in this order.
        case select(columns: [String])
        /// Old names and new ones, in the order of the document.
        case rename(columns: [(old: String, new: String)])
        case cast(columns: [CastColumn])
        case lookup(LookupStep)
        case split(column: String, delimiter: String, into: [String])
        case deduplicate(keys: [String], keep: Keep)
        case sort(keys: [SortKey])
        case aggregate(groupBy: [String], columns: [AggregateColumn])

        public static func == (a: Operation, b: Operation) -> Bool {
            switch (a, b) {
            case (.javascript(let x), .javascript(let y)): x == y
            case (.filter(let x), .filter(let y)): x == y
            case (.derive(let c, let e, let t), .derive(let d, let f, let u)): c == d && e == f && t == u
            case (.select(let x), .select(let y)): x == y
            case (.rename(let x), .rename(let y)): x.elementsEqual(y) { $0 == $1 }
            case (.cast(let x), .cast(let y)): x == y
            case (.lookup(let x), .lookup(let y)): x == y
            case (.split(let c, let d, let i), .split(let x, let y, let z)): c == x && d == y && i == z
            case (.deduplicate(let k, let l), .deduplicate(let x, let y)): k == x && l == y
            case (.sort(let x), .sort(let y)): x == y
            case (.aggregate(let g, let c), .aggregate(let x, let y)): g == x && c == y
            default: false
            }
        }
    }

    public enum Keep: String, Sendable, CaseIterable { case first = "First", last = "Last" }

    public var name: String
    public var operation: Operation

    static let kinds = ["javascript", "filter", "derive", "select", "rename", "cast", "lookup", "split", "deduplicate", "sort", "aggregate"]
    static let fields = ["name"] + kinds

    /// The field it is declared in, as `javascript`.
    public var kind: String {
        switch operation {
        case .javascript: "javascript"
        case .filter: "filter"
        case .derive: "derive"
        case .select: "select"
        case .rename: "rename"
        case .cast: "cast"
        case .lookup: "lookup"
        case .split: "split"
        case .deduplicate: "deduplicate"
        case .sort: "sort"
        case .aggregate: "aggregate"
        }
    }

    init(_ reader: FieldReader) {
        name = reader.required("name", length: 1...63, .label)
        reader.exactlyOne(of: Self.kinds)
        operation = Self.operation(reader)
    }

    private static let columnNames = 1...256
    static let expressionLength = 1...4096

    private static func operation(_ reader: FieldReader) -> Operation {
        if let step = reader.object("javascript", fields: JavaScriptStep.fields) { return .javascript(JavaScriptStep(step)) }
        if let step = reader.object("filter", fields: ["expression"]) { return .filter(expression: step.required("expression", length: expressionLength)) }
        if let step = reader.object("derive", fields: ["column", "expression", "type"]) {
            return .derive(
                column: step.required("column", length: columnNames), expression: step.required("expression", length: expressionLength),
                type: step.choice("type", ColumnType.self))
        }
        if let step = reader.object("select", fields: ["columns"]) { return .select(columns: step.requiredStrings("columns", most: 2048, length: columnNames)) }
        if let step = reader.object("rename", fields: ["columns"]) { return .rename(columns: step.requiredTexts("columns", TextsBound(most: 512, key: columnNames, value: columnNames))) }
        if let step = reader.object("cast", fields: ["columns"]) {
            return .cast(columns: step.requiredObjects("columns", most: 512, fields: CastColumn.fields, identity: \.name, CastColumn.init))
        }
        if let step = reader.object("lookup", fields: LookupStep.fields) { return .lookup(LookupStep(step)) }
        if let step = reader.object("split", fields: ["column", "delimiter", "into"]) {
            return .split(
                column: step.required("column", length: columnNames), delimiter: step.required("delimiter", length: 1...16),
                into: step.requiredStrings("into", most: 64, length: columnNames))
        }
        if let step = reader.object("deduplicate", fields: ["keys", "keep"]) {
            return .deduplicate(keys: step.requiredStrings("keys", most: 32, length: columnNames), keep: step.choice("keep", Keep.self) ?? .first)
        }
        if let step = reader.object("sort", fields: ["keys"]) {
            return .sort(keys: step.requiredObjects("keys", most: 32, fields: SortKey.fields, identity: \.column, SortKey.init))
        }
        if let step = reader.object("aggregate", fields: ["groupBy", "columns"]) {
            return .aggregate(
                groupBy: step.strings("groupBy", count: 0...32, length: columnNames) ?? [],
                columns: step.requiredObjects("columns", most: 256, fields: AggregateColumn.fields, identity: \.name, AggregateColumn.init))
        }
        return .select(columns: [])
    }
}
