import CPostgres
import Kernel

/// The rows a statement gave, read in place from libpq's own memory.
public struct PostgresRows: Sendable {
    /// Owns libpq's result and frees it.
    ///
    /// `@unchecked Sendable`: a finished PGresult is only ever read, which libpq allows from any thread; it is freed once, by the
    /// last owner.
    private final class Owner: @unchecked Sendable {
        let result: OpaquePointer
        init(_ result: OpaquePointer) { self.result = result }
        deinit { PQclear(result) }
    }

    private let owner: Owner
    public let count: Int
    private let columns: Int

    /// Takes the result over.
    init(taking result: OpaquePointer) {
        owner = Owner(result)
        count = Int(PQntuples(result))
        columns = Int(PQnfields(result))
    }

    public var indices: Range<Int> { 0..<count }

    /// The number of rows an INSERT, UPDATE or DELETE touched.
    public var affected: Int { PQcmdTuples(owner.result).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// The value's bytes, for the time of the call; nil for NULL and for what isn't there.
    public func withBytes<Result>(_ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> Result) rethrows -> Result {
        guard row >= 0, row < count, column >= 0, column < columns, PQgetisnull(owner.result, Int32(row), Int32(column)) == 0,
            let start = PQgetvalue(owner.result, Int32(row), Int32(column))
        else { return try body(nil) }
        let length = Int(PQgetlength(owner.result, Int32(row), Int32(column)))
        return try body(UnsafeRawBufferPointer(start: start, count: length))
    }

    public func bytes(_ row: Int, _ column: Int) -> [UInt8]? { withBytes(row, column) { $0.map(Array.init) } }
    public func text(_ row: Int, _ column: Int) -> String? { withBytes(row, column) { $0.map { String(decoding: $0, as: UTF8.self) } } }

    /// A smallint, integer or bigint.
    ///
    /// - Throws: `malformed` for NULL and for anything else.
    public func int(_ row: Int, _ column: Int) throws(PostgresError) -> Int64 {
        let value: Int64? = withBytes(row, column) { bytes in
            guard let bytes else { return nil }
            switch bytes.count {
            case 2: return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
            case 4: return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
            case 8: return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
            default: return nil
            }
        }
        guard let value else { throw .malformed("PostgreSQL answered no integer in column \(column)") }
        return value
    }

    public func bool(_ row: Int, _ column: Int) throws(PostgresError) -> Bool {
        guard let value: Bool = withBytes(row, column, { $0.flatMap { $0.first.map { $0 != 0 } } }) else {
            throw .malformed("PostgreSQL answered no boolean in column \(column)")
        }
        return value
    }

    /// A `bigint[]` without NULLs.
    public func ints(_ row: Int, _ column: Int) throws(PostgresError) -> [Int64] {
        let values: [Int64]? = withBytes(row, column) { bytes in
            guard let bytes, bytes.count >= 12 else { return nil }
            func word(_ at: Int) -> Int32 { Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: Int32.self)) }
            if word(0) == 0 { return [] }
            guard word(0) == 1, bytes.count >= 20 else { return nil }
            let length = Int(word(12))
            guard length >= 0, bytes.count == 20 + length * 12 else { return nil }
            return (0..<length).map { Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24 + $0 * 12, as: Int64.self)) }
        }
        guard let values else { throw .malformed("PostgreSQL answered no array of integers in column \(column)") }
        return values
    }
}
