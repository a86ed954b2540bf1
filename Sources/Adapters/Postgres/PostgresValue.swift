/// A statement's parameter, in PostgreSQL's binary form.
public struct PostgresValue: Sendable {
    /// PostgreSQL's own numbers of its built-in types, from its catalogue `pg_type`.
    enum TypeID {
        static let bool: UInt32 = 16, bytea: UInt32 = 17, int8: UInt32 = 20, text: UInt32 = 25, uuid: UInt32 = 2950
        static let byteaArray: UInt32 = 1001, int8Array: UInt32 = 1016, textArray: UInt32 = 1009
    }

    let type: UInt32
    /// nil is NULL.
    let payload: [UInt8]?

    public static let null = PostgresValue(type: 0, payload: nil)
    public static func text(_ value: String) -> PostgresValue { PostgresValue(type: TypeID.text, payload: Array(value.utf8)) }
    public static func text(_ value: String?) -> PostgresValue { PostgresValue(type: TypeID.text, payload: value.map { Array($0.utf8) }) }
    public static func int(_ value: Int64) -> PostgresValue { PostgresValue(type: TypeID.int8, payload: bigEndian(value)) }
    public static func int(_ value: Int64?) -> PostgresValue { PostgresValue(type: TypeID.int8, payload: value.map { bigEndian($0) }) }
    public static func bool(_ value: Bool) -> PostgresValue { PostgresValue(type: TypeID.bool, payload: [value ? 1 : 0]) }
    public static func bytes(_ value: [UInt8]?) -> PostgresValue { PostgresValue(type: TypeID.bytea, payload: value) }

    /// - Parameter value: its 16 bytes.
    public static func uuid(_ value: [UInt8]) -> PostgresValue { PostgresValue(type: TypeID.uuid, payload: value) }

    public static func ints(_ values: [Int64]) -> PostgresValue {
        array(values, type: TypeID.int8Array, element: TypeID.int8, size: values.count * 8) { $1 += bigEndian($0) }
    }

    public static func texts(_ values: [String?]) -> PostgresValue {
        array(values, type: TypeID.textArray, element: TypeID.text, size: values.reduce(0) { $0 + ($1?.utf8.count ?? 0) }) { value, out in
            value.map { out += $0.utf8 } != nil
        }
    }

    public static func byteArrays(_ values: [[UInt8]]) -> PostgresValue {
        array(values, type: TypeID.byteaArray, element: TypeID.bytea, size: values.reduce(0) { $0 + $1.count }) { $1 += $0 }
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private static func array<Element>(
        _ values: [Element], type: UInt32, element: UInt32, size: Int, _ write: (Element, inout [UInt8]) -> Void
    ) -> PostgresValue {
        array(values, type: type, element: element, size: size) { value, out -> Bool in
            write(value, &out)
            return true
        }
    }

    /// PostgreSQL's form of a one-dimensional array: dimensions, whether there may be NULLs, element type, length, lower bound, then
    /// each element with its length in front, -1 for NULL.
    ///
    /// - Parameter write: appends the element; false for NULL.
    private static func array<Element>(
        _ values: [Element], type: UInt32, element: UInt32, size: Int, _ write: (Element, inout [UInt8]) -> Bool
    ) -> PostgresValue {
        var out: [UInt8] = []
        out.reserveCapacity(20 + size + values.count * 4)
        out += bigEndian(Int32(values.isEmpty ? 0 : 1)) + bigEndian(Int32(1)) + bigEndian(element)
        if !values.isEmpty { out += bigEndian(Int32(clamping: values.count)) + bigEndian(Int32(1)) }
        for value in values {
            let lengthAt = out.count
            out += [0, 0, 0, 0]
            let isPresent = write(value, &out)
            let length = isPresent ? Int32(clamping: out.count - lengthAt - 4) : -1
            for (offset, byte) in bigEndian(length).enumerated() { out[lengthAt + offset] = byte }
        }
        return PostgresValue(type: type, payload: out)
    }
}
