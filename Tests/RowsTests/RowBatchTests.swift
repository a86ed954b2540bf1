import Testing

@testable import Rows

@Suite struct RowBatchTests {
    @Test func cellsPackAndUnpack() {
        for (offset, length) in [(0, 0), (1, 2), (Int(UInt32.max), CellRef.maximumLength), (77, 1 << 28)] {
            let cell = CellRef(offset: offset, length: length, flags: CellRef.quotedFlag)
            #expect(cell.offset == offset)
            #expect(cell.length == length)
            #expect(cell.isQuoted && !cell.hasEscapes && !cell.isNull && !cell.isUntouched)
            #expect(cell.asNull.isNull)
        }
        #expect(CellRef.untouched.isUntouched)
        #expect(CellRef.null.isNull && CellRef.null.length == 0)
    }

    @Test func filtersKeepOrderAndCompose() {
        let batch = RowBatch(sourceColumns: 1)
        batch.rowCount = 100
        #expect(batch.isDense && batch.selectedCount == 100)
        batch.filter { $0 % 2 == 0 }
        batch.filter { $0 % 3 == 0 }
        #expect(batch.selectedRows.map { $0.map(Int.init) } == Array(stride(from: 0, to: 100, by: 6)))
        var keep = [Bool](repeating: true, count: 100)
        keep[6] = false
        batch.filter(by: keep)
        batch.deselect(12)
        #expect((0..<batch.selectedCount).map(batch.selectedRow).prefix(3) == [0, 18, 24])
        batch.selectAll()
        #expect(batch.selectedCount == 100)
    }

    @Test func aFilterThatKeepsAllStaysDense() {
        let batch = RowBatch(sourceColumns: 1)
        batch.rowCount = 5
        batch.filter { _ in true }
        #expect(batch.isDense)
        batch.filter { _ in false }
        #expect(batch.selectedCount == 0 && !batch.isDense)
    }

    @Test func wideTablesGetFewerRows() {
        #expect(RowBatch(sourceColumns: 10).rowCapacity == 4096)
        #expect(RowBatch(sourceColumns: 10_000).rowCapacity == 52)
        #expect(RowBatch(sourceColumns: 1_000_000).rowCapacity == 16)
    }

    @Test func textIsUnescapedOnlyWhereItMust() {
        let batch = RowBatch(sourceColumns: 2)
        let text = Array(#"ab,"x ""y"" z""#.utf8)
        batch.bytes.update(from: text, count: text.count)
        batch.byteCount = text.count
        batch.rowCount = 1
        batch.sourceCells(0)[0] = CellRef(offset: 0, length: 2)
        batch.sourceCells(1)[0] = CellRef(offset: 3, length: text.count - 3, flags: CellRef.quotedFlag | CellRef.escapedFlag)
        #expect(batch.string(column: 0, row: 0) == "ab")
        #expect(batch.string(column: 1, row: 0) == #"x "y" z"#)
        let computed = TextColumn(capacity: batch.rowCapacity, source: 1)
        computed.set("new", at: 0)
        #expect(batch.string(.text(computed), row: 0) == "new")
        computed.cells[0] = .untouched
        #expect(batch.string(.text(computed), row: 0) == #"x "y" z"#)
        computed.setNull(at: 0)
        #expect(batch.string(.text(computed), row: 0) == nil)
    }

    @Test func offsetsOfOtherEncodingsAreCountedBack() {
        let text = Array("aé€😀".utf8) + [0xFF]
        text.withUnsafeBufferPointer { bytes in
            #expect(InputOrigin(base: 0, width: .same).inputLength(of: bytes) == 11)
            #expect(InputOrigin(base: 0, width: .utf16).inputLength(of: bytes) == 2 + 2 + 2 + 4 + 1)
        }
        Array("aé".utf8).withUnsafeBufferPointer { #expect(InputOrigin(base: 0, width: .oneByte).inputLength(of: $0) == 2) }
    }

    @Test func aBatchGrownByOneHugeRowIsMadeSmallAgain() {
        var pool = RowBatchPool(rows: 64, bytes: 1024)
        let batch = pool.take(sourceColumns: 3)
        batch.bytes[5] = 7
        batch.byteCount = 6
        batch.reserve(bytes: 1 << 20)
        #expect(batch.bytes[5] == 7)
        #expect(batch.byteCapacity >= 1 << 20)
        pool.give(batch)
        let again = pool.take(sourceColumns: 5)
        #expect(again === batch && again.byteCapacity <= 4096 && again.sourceColumnCount == 5)
    }
}
