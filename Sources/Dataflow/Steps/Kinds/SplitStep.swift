import Glibc
import Rows

/// Cuts a column's text at a delimiter into new columns.
final class SplitStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless = true
    private let position: Int
    private let delimiter: [UInt8]
    private let parts: Int
    private let format: ValueFormat
    private let room = CellTextRoom()

    init(name: String, _ description: SplitDescription, input: [StepColumn]) throws(PipelineProblem) {
        self.name = name
        position = try input.position(of: description.column, step: name)
        delimiter = Array(description.delimiter.utf8)
        parts = description.into.count
        guard !delimiter.isEmpty, parts > 0 else {
            throw PipelineProblem(
                .fatal, .configuration, what: "step \(name) can't split", at: .init(column: description.column, step: name),
                why: delimiter.isEmpty ? "its delimiter is empty" : "it names no columns", fix: "Give a delimiter and at least one column in into")
        }
        format = try ValueFormat(input[position].type, input[position].format, column: description.column, step: name)
        var output = input
        output.replaceSubrange(position...position, with: description.into.map { StepColumn($0) })
        try output.checkNames(at: position..<position + description.into.count, step: name)
        outputColumns = output
    }

    func process(_ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        let column = batch.columns[position]
        let results = (0..<parts).map { _ in TextColumn(capacity: batch.rowCount) }
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            guard let text = room.text(column, row, of: batch, format: format) else {
                for result in results { result.setNull(at: row) }
                continue
            }
            var rest = text
            for (index, result) in results.enumerated() {
                if index == parts - 1 {
                    result.set(rest, at: row)
                    break
                }
                guard let at = find(in: rest) else {
                    result.set(rest, at: row)
                    for missing in results[(index + 1)...] { missing.setNull(at: row) }
                    break
                }
                result.set(UnsafeBufferPointer(rebasing: rest[..<at]), at: row)
                rest = UnsafeBufferPointer(rebasing: rest[(at + delimiter.count)...])
            }
        }
        batch.columns.replaceSubrange(position...position, with: results.map { .text($0) })
    }

    private func find(in text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let start = text.baseAddress else { return nil }
        var at = 0
        while text.count - at >= delimiter.count {
            guard let found = memchr(start + at, Int32(delimiter[0]), text.count - at - delimiter.count + 1) else { return nil }
            at = UnsafeRawPointer(found) - UnsafeRawPointer(start)
            if memcmp(start + at, delimiter, delimiter.count) == 0 { return at }
            at += 1
        }
        return nil
    }
}
