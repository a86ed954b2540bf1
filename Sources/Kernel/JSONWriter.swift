/// Writes JSON as text: compact or indented, members in their order or sorted.
public struct JSONWriter {
    public private(set) var bytes: [UInt8] = []

    public init(reservingCapacity capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    public mutating func write(_ value: JSON) {
        switch value {
        case .null: raw("null")
        case .bool(let value): raw(value ? "true" : "false")
        case .int(let value): integer(value)
        case .double(let value): raw(Self.text(of: value))
        case .string(let value): string(value)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (position, element) in elements.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                write(element)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            for position in object.keys.indices {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                string(object.keys[position])
                bytes.append(UInt8(ascii: ":"))
                write(object.values[position])
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Two spaces a level, as `?pretty=true` gives.
    public mutating func writeIndented(_ value: JSON, level: Int = 0) {
        func indent(_ level: Int) -> String { "\n" + String(repeating: "  ", count: level) }
        switch value {
        case .array(let elements) where !elements.isEmpty:
            bytes.append(UInt8(ascii: "["))
            for (position, element) in elements.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                raw(indent(level + 1))
                writeIndented(element, level: level + 1)
            }
            raw(indent(level) + "]")
        case .object(let object) where !object.isEmpty:
            bytes.append(UInt8(ascii: "{"))
            for (position, (key, member)) in object.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                raw(indent(level + 1))
                string(key)
                raw(": ")
                writeIndented(member, level: level + 1)
            }
            raw(indent(level) + "}")
        default: write(value)
        }
    }

    public mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }
    public mutating func raw(_ text: some Sequence<UInt8>) { bytes.append(contentsOf: text) }

    public mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var clean = 0
            for at in utf8.indices {
                let byte = utf8[at]
                if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
                bytes.append(contentsOf: utf8[clean..<at])
                clean = at + 1
                escape(byte)
            }
            bytes.append(contentsOf: utf8[clean...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        default:
            let hex = Array("0123456789abcdef".utf8)
            raw("\\u00")
            bytes.append(hex[Int(byte >> 4)])
            bytes.append(hex[Int(byte & 15)])
        }
    }

    private mutating func integer(_ value: Int64) {
        if value >= 0, value < 10 { bytes.append(0x30 + UInt8(value)) } else { raw(String(value)) }
    }

    /// As Go's encoding/json writes it: shortest digits, exponent below 1e-6 and from 1e21.
    static func text(of value: Double) -> String {
        let magnitude = abs(value)
        if value == 0 { return value.sign == .minus ? "-0" : "0" }
        let description = value.description  // shortest digits that round-trip: "1.5", "1e-07", "1.2345e+25"
        let sign = description.hasPrefix("-") ? "-" : ""
        let unsigned = description.drop { $0 == "-" }
        let parts = unsigned.split(separator: "e", maxSplits: 1)
        guard let mantissa = parts.first else { return description }
        var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let halves = mantissa.split(separator: ".", maxSplits: 1)
        let whole = halves.first.map(String.init) ?? "0"
        var fraction = halves.count > 1 ? String(halves[1]) : ""
        while fraction.hasSuffix("0") { fraction.removeLast() }
        var digits = whole + fraction
        exponent += whole.count - 1  // of the first digit
        while digits.hasPrefix("0"), digits.count > 1 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
        if magnitude < 1e-6 || magnitude >= 1e21 {
            let tail = digits.dropFirst()
            return sign + digits.prefix(1) + (tail.isEmpty ? "" : "." + tail) + "e" + (exponent < 0 ? "-" : "+") + String(abs(exponent))
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        if digits.count <= exponent + 1 { return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count) }
        return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
    }
}

extension JSON {
    /// The compact text, as UTF-8.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    /// The compact text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Members sorted at every level: the same value gives the same bytes, for hashes and golden files.
    public var canonical: JSON {
        switch self {
        case .array(let elements): .array(elements.map(\.canonical))
        case .object(let object): .object(JSONObject(object.sorted.map { ($0.key, $0.value.canonical) }))
        default: self
        }
    }
}

extension JSON: CustomStringConvertible {
    public var description: String { text }
}
