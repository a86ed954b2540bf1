import Kernel

/// A list of changes to a document, RFC 6902: `[{"op": "add", "path": "/a", "value": 1}]`. All are made, or none.
public struct JSONPatch: Sendable, Equatable {
    /// As many as Kubernetes takes.
    public static let mostOperations = 10_000
    /// Copies can double a document each; together they may not put in more than this many bytes.
    public static let mostCopiedBytes = 3 << 20

    private enum Operation: Sendable, Equatable {
        case add(JSONPointer, JSON)
        case remove(JSONPointer)
        case replace(JSONPointer, JSON)
        case move(from: JSONPointer, to: JSONPointer)
        case copy(from: JSONPointer, to: JSONPointer)
        case test(JSONPointer, JSON)
    }

    private let operations: [Operation]

    public var count: Int { operations.count }

    /// - Throws: `.malformed` for what is no patch, `.tooLarge` for one of too many operations.
    public init(_ document: JSON) throws(PatchError) {
        guard case .array(let entries) = document else {
            throw .malformed("a JSON patch is a list of operations; found: \(document.typeName)")
        }
        guard entries.count <= Self.mostOperations else {
            throw .tooLarge("The allowed maximum operations in a JSON patch is \(Self.mostOperations), got \(entries.count)")
        }
        var operations: [Operation] = []
        operations.reserveCapacity(entries.count)
        for (position, entry) in entries.enumerated() { operations.append(try Self.operation(entry, position)) }
        self.operations = operations
    }

    private static func operation(_ entry: JSON, _ position: Int) throws(PatchError) -> Operation {
        guard case .object(let object) = entry else {
            throw .malformed("operation \(position) of the JSON patch must be an object; found: \(entry.typeName)")
        }
        func pointer(_ member: String) throws(PatchError) -> JSONPointer {
            guard let text = object[member]?.string, let pointer = JSONPointer(text) else {
                throw .malformed("operation \(position) of the JSON patch needs \"\(member)\", a JSON pointer such as /spec/replicas")
            }
            return pointer
        }
        func value() throws(PatchError) -> JSON {
            guard let value = object["value"] else { throw .malformed("operation \(position) of the JSON patch needs \"value\"") }
            return value
        }
        switch object["op"]?.string {
        case "add": return .add(try pointer("path"), try value())
        case "remove": return .remove(try pointer("path"))
        case "replace": return .replace(try pointer("path"), try value())
        case "move": return .move(from: try pointer("from"), to: try pointer("path"))
        case "copy": return .copy(from: try pointer("from"), to: try pointer("path"))
        case "test": return .test(try pointer("path"), object["value"] ?? .null)
        case let other:
            throw .malformed("operation \(position) of the JSON patch has op \(GoQuote.quote(other ?? "")); it must be add, remove, replace, move, copy or test")
        }
    }

    /// - Throws: `.inapplicable` naming the operation that doesn't fit and why.
    public func applied(to document: JSON) throws(PatchError) -> JSON {
        var document = document
        var copied = 0
        for (position, operation) in operations.enumerated() {
            switch operation {
            case .add(let path, let value): try Self.add(value, at: path, in: &document, position)
            case .remove(let path): _ = try Self.remove(path, from: &document, position)
            case .replace(let path, let value):
                try Self.checkDepth(value, at: path, position)
                // Kubernetes takes a replace of a member that isn't there for an add; elements of lists must be there.
                try Self.change(&document, path.tokens[...], path, position) { node, token throws(PatchError) in
                    try Self.set(value, token, &node, path, position, inserting: false)
                } whole: {
                    $0 = value
                }
            case .move(let from, let to):
                guard !(to.tokens.count > from.tokens.count && to.tokens.starts(with: from.tokens)) else {
                    throw .inapplicable("operation \(position): can't move \(GoQuote.quote(from.description)) into itself")
                }
                let value = try Self.remove(from, from: &document, position)
                try Self.add(value, at: to, in: &document, position)
            case .copy(let from, let to):
                guard let value = from.value(in: document) else { throw Self.missing("copy", from, position) }
                copied += value.bytes.count
                guard copied <= Self.mostCopiedBytes else {
                    throw .inapplicable("operation \(position): the copies of this patch exceed \(Self.mostCopiedBytes) bytes together")
                }
                try Self.add(value, at: to, in: &document, position)
            case .test(let path, let value):
                guard (path.value(in: document) ?? .null) == value else {
                    throw .inapplicable("operation \(position): testing path \(GoQuote.quote(path.description)) failed: the value there is another")
                }
            }
        }
        return document
    }

    /// Copies into themselves would nest a document without end, and everything that walks it ends at the stack's.
    private static func checkDepth(_ value: JSON, at path: JSONPointer, _ position: Int) throws(PatchError) {
        guard path.tokens.count <= JSONParser.maximumDepth, !value.isDeeper(than: JSONParser.maximumDepth - path.tokens.count) else {
            throw .inapplicable("operation \(position): the result would nest deeper than \(JSONParser.maximumDepth) levels")
        }
    }

    private static func missing(_ operation: String, _ path: JSONPointer, _ position: Int) -> PatchError {
        .inapplicable("operation \(position): \(operation) operation does not apply: doc is missing path: \(GoQuote.quote(path.description)): missing value")
    }

    private static func add(_ value: JSON, at path: JSONPointer, in document: inout JSON, _ position: Int) throws(PatchError) {
        try checkDepth(value, at: path, position)
        try change(&document, path.tokens[...], path, position) { node, token throws(PatchError) in
            try set(value, token, &node, path, position, inserting: true)
        } whole: {
            $0 = value
        }
    }

    private static func remove(_ path: JSONPointer, from document: inout JSON, _ position: Int) throws(PatchError) -> JSON {
        guard let value = path.value(in: document) else { throw missing("remove", path, position) }
        try change(&document, path.tokens[...], path, position) { node, token throws(PatchError) in
            switch node {
            case .object: node[token] = nil
            case .array(var array):
                node = .null
                if let index = JSONPointer.index(token), index < array.count { array.remove(at: index) }
                node = .array(array)
            default: break
            }
        } whole: {
            $0 = .null
        }
        return value
    }

    /// Sets a member or an element of `node`, which must be able to have one.
    private static func set(
        _ value: JSON, _ token: String, _ node: inout JSON, _ path: JSONPointer, _ position: Int, inserting: Bool
    ) throws(PatchError) {
        switch node {
        case .object: node[token] = value
        case .array(var array):
            node = .null
            if token == "-", inserting {
                array.append(value)
            } else if let index = JSONPointer.index(token), index < array.count || (inserting && index == array.count) {
                if inserting { array.insert(value, at: index) } else { array[index] = value }
            } else {
                throw .inapplicable(
                    "operation \(position): can't set \(GoQuote.quote(path.description)): the list has \(array.count) elements, and \(GoQuote.quote(token)) is no place in it")
            }
            node = .array(array)
        default:
            throw .inapplicable("operation \(position): can't set \(GoQuote.quote(path.description)): what is there is a \(node.typeName)")
        }
    }

    /// Goes down to the last token's parent and changes it in place.
    private static func change(
        _ node: inout JSON, _ tokens: ArraySlice<String>, _ path: JSONPointer, _ position: Int,
        _ body: (inout JSON, String) throws(PatchError) -> Void, whole: (inout JSON) -> Void
    ) throws(PatchError) {
        guard let token = tokens.first else { return whole(&node) }
        guard tokens.count > 1 else { return try body(&node, token) }
        switch node {
        case .object(var object):
            guard var child = object[token] else { throw missing("add", path, position) }
            node = .null
            object[token] = .null  // leaves one owner, so that the change below is in place
            try change(&child, tokens.dropFirst(), path, position, body, whole: whole)
            object[token] = child
            node = .object(object)
        case .array(var array):
            guard let index = JSONPointer.index(token), index < array.count else { throw missing("add", path, position) }
            node = .null
            var child = array[index]
            array[index] = .null
            try change(&child, tokens.dropFirst(), path, position, body, whole: whole)
            array[index] = child
            node = .array(array)
        default: throw missing("add", path, position)
        }
    }
}

extension JSON {
    /// Whether arrays and objects nest deeper than this; looks no further than it must.
    func isDeeper(than limit: Int) -> Bool {
        switch self {
        case .array(let elements): limit <= 0 || elements.contains { $0.isDeeper(than: limit - 1) }
        case .object(let object): limit <= 0 || object.values.contains { $0.isDeeper(than: limit - 1) }
        default: false
        }
    }
}
