import Compression
import Rows
import Testing

@testable import Delimited

/// Rows far larger than any buffer: the same bytes whichever way they are written.
@Suite struct HugeRowTests {
    @Test(arguments: [nil, .zstd] as [CompressionFormat?], [TextEncoding.utf8, .utf16LittleEndian])
    func cellsOfMegabytesAreWrittenAsTheyAre(compression: CompressionFormat?, encoding: TextEncoding) throws {
        let huge = String(repeating: "lorem ipsum €\u{301} ", count: 70_000)
        let text = "a,b,c\n1,short,x\n2,\(huge),\"y\"\n3,\"\(huge)\",z\n4,short,x\n"
        let scratch = try Scratch()
        for columns in [[0, 1, 2], [2, 1]] {
            for isComputed in [false, true] {
                let reader = try DelimitedReader(inputs: [scratch.file("in", text)])
                let batch = RowBatch(sourceColumns: 3)
                var style = WritingStyle()
                style.encoding = encoding
                let file = try OutputFile(path: scratch.path + "/out", id: "t", compression: compression, encoding: encoding)
                try file.open()
                let writer = try DelimitedWriter(file, dialect: .csv, style: style, columns: columns.map { OutputColumn(reader.header[$0]) } + (isComputed ? [OutputColumn("d")] : []))
                try writer.writeHeader()
                while try reader.read(into: batch) {
                    batch.columns = columns.map { .source($0) }
                    if isComputed {
                        let column = TextColumn(capacity: batch.rowCapacity)
                        for row in 0..<batch.rowCount { column.set(row == 1 ? huge : "d", at: row) }
                        batch.columns.append(.text(column))
                    }
                    try writer.write(batch)
                }
                try file.commit()
                let read = try readAll([file.path], ReaderOptions(encoding: encoding))
                let rows = [["1", "short", "x"], ["2", huge, "y"], ["3", huge, "z"], ["4", "short", "x"]]
                #expect(read.faults.isEmpty && read.rows.count == 4)
                for (found, row) in zip(read.cells, rows) { #expect(Array(found.prefix(columns.count)) == columns.map { row[$0] }) }
                if isComputed { #expect(read.cells.filter { $0.last == huge }.count >= 1) }
            }
        }
    }
}
