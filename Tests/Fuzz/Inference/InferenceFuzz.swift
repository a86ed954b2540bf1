import Fuzzing
import Glibc
import Rows

@testable import Delimited

/// Any file is described, or refused with a reason; and what describes it reads it, with the columns it names.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    try? write(FuzzInput(start, count).bytes)
    let table: InferredTable
    do throws(DelimitedError) { table = try Inference.infer(path, limits: InferenceLimits(rows: 200, dialectBytes: 2048)) } catch { return 0 }
    require(table.dialect.problem == nil, "a dialect that can't be read: \(table.dialect)")
    var options = ReaderOptions(dialect: table.dialect, encoding: table.encoding)
    options.raggedRows = table.raggedRows
    options.nullMarkers = table.nullMarkers
    options.columns = table.dialect.header ? [] : table.columns.map(\.name)
    do throws(DelimitedError) {
        let reader = try DelimitedReader(inputs: [path], options: options)
        require(reader.header == table.columns.map(\.name), "other columns: \(reader.header), not \(table.columns.map(\.name))")
        let batch = RowBatch(sourceColumns: reader.header.count)
        var rows = 0, faults = 0
        while rows < table.rows, try reader.read(into: batch, rows: table.rows - rows) {
            rows += batch.rowCount
            faults += batch.faults.count
        }
        require(rows == table.rows && faults == table.faults, "\(rows) rows with \(faults) faults, not \(table.rows) with \(table.faults)")
    } catch { require(table.rows == 0 || error.category == .damaged || error.category == .limit, "it can't be read: \(error)") }
    return 0
}

private let path = "/dev/shm/millwright-fuzz-inference-\(getpid())"

private func write(_ bytes: [UInt8]) throws(DelimitedError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw DelimitedError(.system, "no file") }
    defer { close(descriptor) }
    require(bytes.isEmpty || bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } == bytes.count, "no room for the input")
}
