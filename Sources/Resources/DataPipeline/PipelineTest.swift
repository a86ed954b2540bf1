import Kernel

/// An example: a row as it stands in the source, and what becomes of it. `millwright pipeline test` runs them.
public struct PipelineTest: Sendable, Equatable {
    public enum Outcome: String, Sendable, CaseIterable { case written = "Written", filtered = "Filtered", rejected = "Rejected" }

    public var name: String
    /// Cells by column; columns left out are null.
    public var input: [(column: String, text: String)]
    /// Cells that the row written must have; others may be anything. Empty: only the outcome counts.
    public var expect: [(column: String, text: String)]
    public var outcome: Outcome
    /// The output it must go to; nil: any.
    public var output: String?

    public static func == (a: PipelineTest, b: PipelineTest) -> Bool {
        a.name == b.name && a.outcome == b.outcome && a.output == b.output && a.input.elementsEqual(b.input) { $0 == $1 }
            && a.expect.elementsEqual(b.expect) { $0 == $1 }
    }

    static let fields = ["name", "input", "expect", "outcome", "output"]
    private static let cells = TextsBound(most: 512, key: 1...256, value: 0...65_536)

    init(_ reader: FieldReader) {
        name = reader.required("name", length: 1...63, .label)
        input = reader.requiredTexts("input", Self.cells).map { (column: $0.old, text: $0.new) }
        expect = reader.textPairs("expect", Self.cells).map { (column: $0.old, text: $0.new) }
        outcome = reader.choice("outcome", Outcome.self) ?? .written
        output = reader.string("output", length: 1...63, .label)
        if outcome != .written, !expect.isEmpty { reader.fail("expect", "is only for outcome Written; a row that is \(outcome.rawValue.lowercased()) is not written") }
    }
}
