import Fuzzing
import Glibc
import Rows

@testable import Delimited

/// Any file gives rows or an error, the same ones whatever a batch holds, and every cell lies where it says.
///
/// The first three bytes choose dialect, encoding and bounds; the rest is the file, compressed or not.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = FuzzInput(start, count).bytes
    guard bytes.count >= 3 else { return 0 }
    var options = ReaderOptions()
    options.dialect = Dialect(
        delimiter: [0x2C, 0x3B, 0x09, 0x00][Int(bytes[0] & 3)], quote: bytes[0] & 4 == 0 ? 0x22 : bytes[0] & 8 == 0 ? 0x27 : nil,
        escape: bytes[0] & 64 == 0 ? nil : bytes[0] & 128 == 0 ? 0x5C : 0x5E, comment: bytes[0] & 16 == 0 ? nil : 0x23,
        header: bytes[0] & 32 == 0)
    options.encoding = TextEncoding.allCases[Int(bytes[1]) % TextEncoding.allCases.count]
    options.raggedRows = bytes[1] & 64 == 0 ? .fault : .pad
    options.nullMarkers = bytes[1] & 128 == 0 ? [""] : ["", "NULL", "a"]
    options.rowLimit = bytes[2] & 3 == 0 ? 1 + Int(bytes[2]) : 1 << 20
    options.dialect.trim = [.none, .leading, .both, .none][Int(bytes[2] >> 2 & 3)]
    options.dialect.lenientQuotes = bytes[2] & 16 != 0
    if options.dialect.escape != nil, bytes[2] & 32 != 0 { options.dialect.escapeSequences = .cStyle }
    options.dialect.skipLines = Int(bytes[2] >> 6)
    options.columnLimit = 512
    try? write(Array(bytes.dropFirst(3)))
    let small = read(options, batchBytes: 1024, rows: 16)
    let large = read(options, batchBytes: 1 << 16, rows: 4096)
    // Damage is noticed where it is read, which large batches do before they look at a row.
    if small.failure == .damaged || large.failure == .damaged { return 0 }
    require(small == large, "in small batches it reads \(small), in large ones \(large)")
    return 0
}

private let path = "/dev/shm/millwright-fuzz-\(getpid())"

private func write(_ bytes: [UInt8]) throws(DelimitedError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw DelimitedError(.system, "no file") }
    defer { close(descriptor) }
    require(bytes.isEmpty || bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } == bytes.count, "no room for the input")
}

private struct Result: Equatable {
    var rows: [String] = []
    var failure: DelimitedError.Category?
}

private func read(_ options: ReaderOptions, batchBytes: Int, rows: Int) -> Result {
    var result = Result()
    do throws(DelimitedError) {
        let reader = try DelimitedReader(inputs: [path], options: options, batchBytes: batchBytes)
        let batch = RowBatch(sourceColumns: reader.header.count, rows: rows, bytes: batchBytes)
        var number: Int64 = 1
        var offset: Int64 = -1
        while try reader.read(into: batch) {
            require(batch.rowCount > 0, "an empty batch")
            for row in 0..<batch.rowCount {
                let fault = batch.faults.first { $0.row == row }
                require(batch.rowNumber(row) == number, "rows aren't counted one by one")
                require(batch.inputOffset(row) > offset, "offsets don't ascend")
                (number, offset) = (number + 1, batch.inputOffset(row))
                require(Int(batch.rowEnds[row]) <= batch.byteCount && batch.rowStarts[row] <= batch.rowEnds[row], "a row lies outside its bytes")
                var line = "\(offset) \(fault.map(\.reason.rule) ?? "")"
                for column in 0..<batch.sourceColumnCount {
                    let cell = batch.sourceCells(column)[row]
                    require(cell.offset + cell.length <= batch.byteCount, "a cell lies outside the bytes")
                    if fault == nil { line += "|" + (batch.string(column: column, row: row)?.debugDescription ?? "null") }
                }
                result.rows.append(line)
            }
        }
    } catch { result.failure = error.category }
    return result
}
