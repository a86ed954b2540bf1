import CYAML
import Kernel

/// Builds values from libyaml's events. Owns the parser: `close()` frees it, exactly once.
struct YAMLComposer {
    /// A value, and what it weighs when it is written out once more through an alias.
    private struct Anchored {
        let value: JSON
        let height: Int
        let weight: Int
    }

    private let source: YAMLSource
    private let limits: YAMLLimits
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let event: UnsafeMutablePointer<yaml_event_t>
    private var anchors: [String: Anchored] = [:]
    private var open: [String] = []
    private var weight = 0
    private var aliasWeight = 0
    private var depth = 0
    private var path: [String] = []
    private(set) var duplicates: [YAMLDuplicate] = []

    private static let maximumReportedDuplicates = 100

    init(_ source: YAMLSource, _ limits: YAMLLimits) throws(YAMLError) {
        self.source = source
        self.limits = limits
        parser = .allocate(capacity: 1)
        event = .allocate(capacity: 1)
        event.initialize(to: yaml_event_t())
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            event.deallocate()
            throw YAMLError(message: "no memory to read the text", line: 1, column: 1)
        }
        yaml_parser_set_input_string(parser, source.bytes.baseAddress, source.bytes.count)
    }

    func close() {
        yaml_event_delete(event)
        yaml_parser_delete(parser)
        event.deallocate()
        parser.deallocate()
    }

    mutating func stream() throws(YAMLError) -> [JSON] {
        var documents: [JSON] = []
        guard !source.bytes.isEmpty else { return [] }
        while true {
            try advance()
            switch event.pointee.type {
            case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return documents
            case YAML_DOCUMENT_START_EVENT:
                anchors = [:]
                try advance()
                let nothing = isNothing
                let (value, _) = try node()
                if !nothing { documents.append(value) }
            default: continue  // the start of the stream, the end of a document
            }
        }
    }

    /// The event at hand is the scalar libyaml makes up where nothing stands.
    private var isNothing: Bool {
        event.pointee.type == YAML_SCALAR_EVENT && event.pointee.data.scalar.length == 0
            && event.pointee.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && event.pointee.data.scalar.tag == nil
    }

    // MARK: Events

    private mutating func advance() throws(YAMLError) {
        yaml_event_delete(event)
        guard yaml_parser_parse(parser, event) == 1 else { throw parserError() }
    }

    private func parserError() -> YAMLError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "it can't be read"
        let (line, column): (Int, Int)
        if state.error == YAML_READER_ERROR {
            (line, column) = source.place(of: Int(state.problem_offset))
        } else {
            (line, column) = (Int(state.problem_mark.line) + 1, Int(state.problem_mark.column) + 1)
        }
        var message = problem
        if let context = state.context {
            message += ", " + String(cString: context)
            let contextLine = Int(state.context_mark.line) + 1
            if contextLine != line { message += " that began at line \(contextLine)" }
        }
        if problem.contains("cannot start any token"), byte(line: line, column: column) == 0x09 {
            message = "a tab can't be used for indentation; use spaces"
        }
        return YAMLError(message: message, line: line, column: column, snippet: source.snippet(line: line, column: column))
    }

    private func byte(line: Int, column: Int) -> UInt8? {
        var current = 1
        for at in source.bytes.indices {
            if current == line {
                let place = at + column - 1
                return place < source.bytes.count ? source.bytes[place] : nil
            }
            if source.bytes[at] == 0x0A { current += 1 }
        }
        return nil
    }

    private func fail(_ message: String, at mark: yaml_mark_t) -> YAMLError {
        let (line, column) = (Int(mark.line) + 1, Int(mark.column) + 1)
        return YAMLError(message: message, line: line, column: column, snippet: source.snippet(line: line, column: column))
    }

    private static func text(_ pointer: UnsafePointer<UInt8>?, _ length: Int) -> String {
        String(decoding: UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : length), as: UTF8.self)
    }

    private static func text(_ pointer: UnsafePointer<UInt8>?) -> String? {
        pointer.map { String(decodingCString: $0, as: UTF8.self) }
    }

    // MARK: Nodes

    /// The node that starts with the event at hand, and its height (a scalar has 0).
    private mutating func node() throws(YAMLError) -> (value: JSON, height: Int) {
        let mark = event.pointee.start_mark
        weight += 8
        switch event.pointee.type {
        case YAML_ALIAS_EVENT:
            return try alias(Self.text(event.pointee.data.alias.anchor) ?? "", mark)
        case YAML_SCALAR_EVENT:
            let anchor = Self.text(event.pointee.data.scalar.anchor)
            let before = weight
            weight += Int(event.pointee.data.scalar.length)
            let value = try scalar(mark)
            if let anchor { anchors[anchor] = Anchored(value: value, height: 0, weight: weight - before + 8) }
            return (value, 0)
        case YAML_SEQUENCE_START_EVENT:
            return try collection(Self.text(event.pointee.data.sequence_start.anchor), mark, isMapping: false)
        case YAML_MAPPING_START_EVENT:
            return try collection(Self.text(event.pointee.data.mapping_start.anchor), mark, isMapping: true)
        default:
            throw fail("a value was expected here", at: mark)
        }
    }

    private mutating func alias(_ name: String, _ mark: yaml_mark_t) throws(YAMLError) -> (value: JSON, height: Int) {
        guard !open.contains(name) else { throw fail("the value of anchor &\(name) contains itself", at: mark) }
        guard let anchored = anchors[name] else {
            throw fail("no anchor &\(name) stands before this alias", at: mark)
        }
        weight += anchored.weight
        aliasWeight += anchored.weight
        guard aliasWeight <= limits.maximumAliasExpansion else {
            throw fail("aliases expand to more than \(Bytes(Int64(limits.maximumAliasExpansion))); write the values out or use fewer", at: mark)
        }
        guard depth + anchored.height <= limits.maximumDepth else { throw tooDeep(mark) }
        return (anchored.value, anchored.height)
    }

    private func tooDeep(_ mark: yaml_mark_t) -> YAMLError { fail("nested deeper than \(limits.maximumDepth) levels", at: mark) }

    private mutating func collection(
        _ anchor: String?, _ mark: yaml_mark_t, isMapping: Bool
    ) throws(YAMLError) -> (value: JSON, height: Int) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.maximumDepth else { throw tooDeep(mark) }
        if let anchor { open.append(anchor) }
        let before = weight - 8
        let (value, height) = isMapping ? try mapping() : try sequence()
        if let anchor {
            open.removeLast()
            anchors[anchor] = Anchored(value: value, height: height, weight: weight - before)
        }
        return (value, height)
    }

    private mutating func sequence() throws(YAMLError) -> (value: JSON, height: Int) {
        var elements: [JSON] = []
        var height = 0
        while true {
            try advance()
            if event.pointee.type == YAML_SEQUENCE_END_EVENT { return (.array(elements), height + 1) }
            path.append("[\(elements.count)]")
            let (value, below) = try node()
            path.removeLast()
            height = max(height, below)
            elements.append(value)
        }
    }

    private mutating func mapping() throws(YAMLError) -> (value: JSON, height: Int) {
        var object = JSONObject()
        var merged: [JSONObject] = []
        var height = 0
        while true {
            try advance()
            if event.pointee.type == YAML_MAPPING_END_EVENT { break }
            let mark = event.pointee.start_mark
            let key = try key()
            try advance()
            path.append(key ?? "<<")
            let valueMark = event.pointee.start_mark
            let (value, below) = try node()
            height = max(height, below)
            if let key {
                if object.position(of: key) != nil { noteDuplicate(key, mark) }
                object[key] = value
            } else {
                guard let others = Self.mergeable(value) else {
                    throw fail("a merge key (<<) takes a mapping or a list of mappings", at: valueMark)
                }
                merged += others
            }
            path.removeLast()
        }
        for other in merged {
            for (key, value) in other where object.position(of: key) == nil { object[key] = value }
        }
        return (.object(object), height + 1)
    }

    private static func mergeable(_ value: JSON) -> [JSONObject]? {
        if let object = value.object { return [object] }
        guard let array = value.array else { return nil }
        let objects = array.compactMap(\.object)
        return objects.count == array.count ? objects : nil
    }

    private mutating func noteDuplicate(_ key: String, _ mark: yaml_mark_t) {
        guard duplicates.count < Self.maximumReportedDuplicates else { return }
        let (line, column) = (Int(mark.line) + 1, Int(mark.column) + 1)
        var dotted = ""
        for part in path { dotted += part.hasPrefix("[") || dotted.isEmpty ? part : "." + part }
        duplicates.append(
            YAMLDuplicate(key: key, path: dotted, line: line, column: column, snippet: source.snippet(line: line, column: column)))
    }

    /// The key that is the event at hand, as JSON spells it; nil for a merge key.
    private mutating func key() throws(YAMLError) -> String? {
        let mark = event.pointee.start_mark
        let isPlain = event.pointee.type == YAML_SCALAR_EVENT && event.pointee.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
        if isPlain, event.pointee.data.scalar.tag == nil, event.pointee.data.scalar.length == 2,
            event.pointee.data.scalar.anchor == nil, Self.text(event.pointee.data.scalar.value, 2) == "<<"
        {
            return nil
        }
        switch try node().value {
        case .string(let text): return text
        case .int(let number): return String(number)
        case .double(let number): return JSON.double(number).text
        case .bool(let flag): return flag ? "true" : "false"
        case .null: throw fail("a key can't be null; quote it if a text is meant", at: mark)
        case .array: throw fail("a key must be a text; a list stands here", at: mark)
        case .object: throw fail("a key must be a text; a mapping stands here (a template's {{ }} needs quotes)", at: mark)
        }
    }

    // MARK: Scalars

    private func scalar(_ mark: yaml_mark_t) throws(YAMLError) -> JSON {
        let scalar = event.pointee.data.scalar
        let text = Self.text(scalar.value, Int(scalar.length))
        let tag = Self.text(scalar.tag)
        guard let tag else { return scalar.style == YAML_PLAIN_SCALAR_STYLE ? try resolved(text, mark) : .string(text) }
        switch tag {
        case "tag:yaml.org,2002:binary":
            guard let decoded = Base64.decode(text.filter { !$0.isWhitespace }) else { throw fail("!!binary must hold base64", at: mark) }
            return .string(String(decoding: decoded, as: UTF8.self))
        case "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float":
            let value = try resolved(text, mark)
            let expected = tag.split(separator: ":").last.map(String.init) ?? ""
            switch (expected, value) {
            case ("null", .null), ("bool", .bool), ("int", .int), ("float", .int), ("float", .double): return value
            default: throw fail("`\(text)` is no \(expected)", at: mark)
            }
        default: return .string(text)  // !!str, !!timestamp, and tags of one's own, which JSON has no place for
        }
    }

    private func resolved(_ text: String, _ mark: yaml_mark_t) throws(YAMLError) -> JSON {
        switch YAMLScalar(text) {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .double(let value): return .double(value)
        case .string, .merge: return .string(text)
        case .notFinite: throw fail("`\(text)` is no number in JSON; quote it if a text is meant", at: mark)
        }
    }
}
