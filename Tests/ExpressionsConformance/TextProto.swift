/// A message in protobuf's text format, as the CEL project's vectors are written. Knows no schema: fields keep their order and
/// names, scalars their spelling.
struct TextProtoMessage {
    struct Field {
        let name: String
        let value: TextProtoValue
    }
    var fields: [Field] = []

    /// Every value of a field, in order; a field written as a list counts as many.
    func all(_ name: String) -> [TextProtoValue] { fields.filter { $0.name == name }.map(\.value) }

    /// The last value of a field, as protobuf has it for a field that isn't repeated.
    func last(_ name: String) -> TextProtoValue? { fields.last { $0.name == name }?.value }

    func message(_ name: String) -> TextProtoMessage? { last(name)?.message }
    func messages(_ name: String) -> [TextProtoMessage] { all(name).compactMap(\.message) }
    func string(_ name: String) -> String? { last(name)?.string }
    func flag(_ name: String) -> Bool { last(name)?.word == "true" }
}

/// One field's value.
enum TextProtoValue {
    /// A number, a boolean or an enum's name, as written.
    case word(String)
    /// A quoted string, its escapes resolved: any bytes.
    case bytes([UInt8])
    case nested(TextProtoMessage)

    var message: TextProtoMessage? { if case .nested(let message) = self { message } else { nil } }
    var word: String? { if case .word(let word) = self { word } else { nil } }
    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
}

struct TextProtoError: Error, CustomStringConvertible {
    let description: String
}

/// Reads the text format: `name: value`, `name { … }`, `[type.url] { … }`, lists in brackets, adjacent strings joined.
struct TextProtoParser {
    private let input: [UInt8]
    private var index = 0

    init(_ input: [UInt8]) { self.input = input }

    static func parse(_ input: [UInt8]) throws -> TextProtoMessage {
        var parser = TextProtoParser(input)
        return try parser.fields(until: nil)
    }

    private mutating func fields(until close: UInt8?) throws -> TextProtoMessage {
        var message = TextProtoMessage()
        while true {
            skip()
            guard let byte = peek() else {
                guard close == nil else { throw error("a message is not closed") }
                return message
            }
            if byte == close { index += 1; return message }
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") { index += 1; continue }
            let name = try fieldName()
            skip()
            if peek() == UInt8(ascii: ":") { index += 1; skip() }
            if peek() == UInt8(ascii: "[") {
                index += 1
                while true {
                    skip()
                    if peek() == UInt8(ascii: "]") { index += 1; break }
                    if peek() == UInt8(ascii: ",") { index += 1; continue }
                    message.fields.append(TextProtoMessage.Field(name: name, value: try value()))
                }
            } else {
                message.fields.append(TextProtoMessage.Field(name: name, value: try value()))
            }
        }
    }

    private mutating func value() throws -> TextProtoValue {
        guard let byte = peek() else { throw error("a value is missing") }
        switch byte {
        case UInt8(ascii: "{"): index += 1; return .nested(try fields(until: UInt8(ascii: "}")))
        case UInt8(ascii: "<"): index += 1; return .nested(try fields(until: UInt8(ascii: ">")))
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            var bytes: [UInt8] = []
            while let quote = peek(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                bytes += try quoted()
                skip()
            }
            return .bytes(bytes)
        default:
            let word = takeWord()
            guard !word.isEmpty else { throw error("neither a field nor a value") }
            return .word(word)
        }
    }

    private mutating func fieldName() throws -> String {
        guard peek() == UInt8(ascii: "[") else {
            let name = takeWord()
            guard !name.isEmpty else { throw error("a field's name is missing") }
            return name
        }
        guard let end = input[index...].firstIndex(of: UInt8(ascii: "]")) else { throw error("a bracket is not closed") }
        defer { index = end + 1 }
        return String(decoding: input[index...end], as: UTF8.self)
    }

    private mutating func takeWord() -> String {
        let start = index
        while let byte = peek(), byte.isWord { index += 1 }
        return String(decoding: input[start..<index], as: UTF8.self)
    }

    private mutating func quoted() throws -> [UInt8] {
        let quote = input[index]
        index += 1
        var bytes: [UInt8] = []
        while let byte = peek() {
            index += 1
            if byte == quote { return bytes }
            guard byte == UInt8(ascii: "\\"), let escape = peek() else { bytes.append(byte); continue }
            index += 1
            switch escape {
            case UInt8(ascii: "a"): bytes.append(7)
            case UInt8(ascii: "b"): bytes.append(8)
            case UInt8(ascii: "f"): bytes.append(12)
            case UInt8(ascii: "n"): bytes.append(10)
            case UInt8(ascii: "r"): bytes.append(13)
            case UInt8(ascii: "t"): bytes.append(9)
            case UInt8(ascii: "v"): bytes.append(11)
            case UInt8(ascii: "x"), UInt8(ascii: "X"): bytes.append(UInt8(truncatingIfNeeded: digits(upTo: 2, radix: 16)))
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                index -= 1
                bytes.append(UInt8(truncatingIfNeeded: digits(upTo: 3, radix: 8)))
            case UInt8(ascii: "u"), UInt8(ascii: "U"):
                let code = digits(upTo: escape == UInt8(ascii: "u") ? 4 : 8, radix: 16)
                guard let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: code)) else { throw error("no such code point") }
                bytes += Array(String(scalar).utf8)
            default: bytes.append(escape)
            }
        }
        throw error("a string is not closed")
    }

    private mutating func digits(upTo count: Int, radix: Int) -> Int {
        var result = 0
        for _ in 0..<count {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < radix else { break }
            result = result * radix + digit
            index += 1
        }
        return result
    }

    private mutating func skip() {
        while let byte = peek() {
            if byte == UInt8(ascii: "#") {
                while let next = peek(), next != 10 { _ = next; index += 1 }
            } else if byte == 32 || (9...13).contains(byte) {
                index += 1
            } else {
                return
            }
        }
    }

    private func peek() -> UInt8? { index < input.count ? input[index] : nil }

    private func error(_ what: String) -> TextProtoError {
        TextProtoError(description: "line \(input.prefix(index).count { $0 == 10 } + 1): \(what)")
    }
}

extension UInt8 {
    fileprivate var isWord: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): true
        default: false
        }
    }
}
