import Kernel

/// Reads the fields of an engine's answer. Tolerant: what is absent or null is nil; what has another type than it must have is
/// an error that names the field, because guessing would hide it.
struct EngineFields: Sendable {
    let json: JSON
    /// What is read and where in it, for errors: `container inspection`, then `container inspection: State`.
    let what: String

    init(_ json: JSON, _ what: String) {
        self.json = json
        self.what = what
    }

    /// From the bytes of an answer.
    init(parsing bytes: [UInt8], _ what: String) throws(DockerError) {
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            throw .server("its \(what) is not JSON: \(error)")
        }
        self.what = what
    }

    func text(_ key: String) throws(DockerError) -> String? { try value(key, "string", \.string) }
    func int(_ key: String) throws(DockerError) -> Int? { try value(key, "integer", \.int).map { Int($0) } }
    func bool(_ key: String) throws(DockerError) -> Bool? { try value(key, "boolean", \.bool) }
    func object(_ key: String) throws(DockerError) -> JSONObject { try value(key, "object", \.object) ?? JSONObject() }
    func list(_ key: String) throws(DockerError) -> [JSON] { try value(key, "array", \.array) ?? [] }
    func fields(_ key: String) throws(DockerError) -> EngineFields { EngineFields(.object(try object(key)), path(key)) }
    func texts(_ key: String) throws(DockerError) -> [String] { try list(key).compactMap(\.string) }

    /// A member that must be there.
    func required(_ key: String) throws(DockerError) -> String {
        guard let text = try text(key) else { throw .server("its \(path(key)) is missing; a string was expected") }
        return text
    }

    func map(_ key: String) throws(DockerError) -> [String: String] {
        var result: [String: String] = [:]
        for (name, value) in try object(key) { result[name] = value.string }
        return result
    }

    /// A moment as text; the engine writes "never" as year 1.
    func time(_ key: String) throws(DockerError) -> Timestamp? {
        guard let text = try text(key), !text.isEmpty, !text.hasPrefix("0001-") else { return nil }
        return Timestamp(rfc3339: text)
    }

    /// The elements of an array that is the whole answer.
    static func elements(parsing bytes: [UInt8], _ what: String) throws(DockerError) -> [EngineFields] {
        let whole = try EngineFields(parsing: bytes, what)
        if whole.json.isNull { return [] }
        guard let array = whole.json.array else { throw .server("its \(what) is a JSON \(whole.json.typeName); an array was expected") }
        return array.enumerated().map { EngineFields($0.element, "\(what)[\($0.offset)]") }
    }

    private func value<Value>(_ key: String, _ expected: String, _ read: (JSON) -> Value?) throws(DockerError) -> Value? {
        guard let member = json[key], !member.isNull else { return nil }
        guard let value = read(member) else {
            throw .server("its \(path(key)) is a JSON \(member.typeName); \(expected) was expected")
        }
        return value
    }

    private func path(_ key: String) -> String { what.contains(": ") ? "\(what).\(key)" : "\(what): \(key)" }
}
