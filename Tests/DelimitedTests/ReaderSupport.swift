import Glibc
import Rows
import Testing

@testable import Delimited

/// A directory of a test's own, removed with it.
final class Scratch {
    let path: String

    init() throws {
        var template = Array("/tmp/millwright-delimited-XXXXXX".utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        var stack = [path]
        var directories: [String] = []
        while let next = stack.popLast() {
            directories.append(next)
            guard let stream = opendir(next) else { continue }
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                if name == "." || name == ".." { continue }
                if entry.pointee.d_type == UInt8(DT_DIR) { stack.append("\(next)/\(name)") } else { unlink("\(next)/\(name)") }
            }
            closedir(stream)
        }
        for directory in directories.reversed() { rmdir(directory) }
    }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done) }
            try #require(count > 0)
            done += count
        }
        return file
    }

    func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }
}

/// What a reader made of an input, as values.
struct Read: Equatable {
    struct Row: Equatable {
        var cells: [String?]
        var number: Int64
        var offset: Int64
    }
    struct Fault: Equatable {
        var number: Int64
        var reason: RowFault.Reason
        var original: String
    }
    var header: [String] = []
    var rows: [Row] = []
    var faults: [Fault] = []

    var cells: [[String?]] { rows.map(\.cells) }
}

/// Reads everything, with batches of that many bytes and rows.
func readAll(
    _ paths: [String], _ options: ReaderOptions = ReaderOptions(), batchBytes: Int = 256 << 10, rows: Int = 4096, from position: ReaderPosition? = nil
) throws -> Read {
    let reader = try DelimitedReader(inputs: paths, options: options, resumingAt: position, batchBytes: batchBytes)
    var result = Read(header: reader.header)
    let batch = RowBatch(sourceColumns: reader.header.count, rows: rows, bytes: batchBytes)
    while try reader.read(into: batch) {
        collect(batch, into: &result)
    }
    return result
}

func collect(_ batch: RowBatch, into result: inout Read) {
    for place in 0..<batch.selectedCount {
        let row = batch.selectedRow(place)
        result.rows.append(
            Read.Row(
                cells: batch.columns.map { batch.string($0, row: row) }, number: batch.rowNumber(row), offset: batch.inputOffset(row)))
    }
    for fault in batch.faults {
        result.faults.append(
            Read.Fault(number: batch.rowNumber(fault.row), reason: fault.reason, original: String(decoding: batch.original(fault.row), as: UTF8.self)))
    }
}

/// Reads a text given as a string.
func readText(_ text: String, _ options: ReaderOptions = ReaderOptions(), batchBytes: Int = 256 << 10, rows: Int = 4096) throws -> Read {
    let scratch = try Scratch()
    return try withExtendedLifetime(scratch) { try readAll([scratch.file("input", text)], options, batchBytes: batchBytes, rows: rows) }
}
