import APIServerCore
import Kernel
import Store

/// Writes watch events as lines of JSON, in the shape that the client asked for.
struct WatchEncoder: Sendable {
    private let resource: ServedResource
    private let shape: Representation.Shape
    private let tables: TableShape?
    private var hasSentColumns = false

    init(resource: ServedResource, representation: Representation, options: QueryOptions) throws(APIStatus) {
        self.resource = resource
        shape = representation.shape
        if case .table(let version) = shape { tables = try TableShape(resource, version: version, options) } else { tables = nil }
    }

    mutating func append(_ kind: StoreEvent.Kind, _ object: StoredObject, to lines: inout [UInt8]) {
        guard case .object = shape else {
            if let json = resource.json(object) { append(kind, json, to: &lines) }
            return
        }
        Self.open(kind, &lines)
        lines += resource.bytes(object)
        lines += Self.close
    }

    /// The same with another revision in it.
    mutating func append(_ kind: StoreEvent.Kind, _ object: StoredObject, at revision: Int64, to lines: inout [UInt8]) {
        guard var json = resource.json(object) else { return }
        json["metadata"]?["resourceVersion"] = .string(String(revision))
        append(kind, json, to: &lines)
    }

    private mutating func append(_ kind: StoreEvent.Kind, _ object: JSON, to lines: inout [UInt8]) {
        Self.open(kind, &lines)
        switch shape {
        case .object: lines += object.bytes
        case .partial(let version): lines += PartialObject.make(object, version: version).bytes
        case .table:
            if let tables { lines += tables.table(of: object, withColumns: !hasSentColumns).bytes }
            hasSentColumns = true
        }
        lines += Self.close
    }

    /// Says how far the watch is, without an object.
    func appendBookmark(_ revision: Int64, endsInitialEvents: Bool, to lines: inout [UInt8]) {
        var metadata: JSON = ["resourceVersion": .string(String(revision)), "creationTimestamp": .null]
        if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        let definition = resource.definition
        var object: JSON
        switch shape {
        case .object: object = ["kind": .string(definition.kind), "apiVersion": .string(definition.apiVersion), "metadata": metadata]
        case .partial(let version):
            object = ["kind": "PartialObjectMetadata", "apiVersion": .string("meta.k8s.io/\(version)"), "metadata": metadata]
        case .table(let version):
            object = ["kind": "Table", "apiVersion": .string("meta.k8s.io/\(version)"), "metadata": metadata, "columnDefinitions": .null]
            object["rows"] = [["cells": [], "object": ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata]]]
        }
        lines += JSON.object(["type": "BOOKMARK", "object": object]).bytes
        lines.append(0x0A)
    }

    static func error(_ status: APIStatus) -> [UInt8] { status.watchEvent.bytes + [0x0A] }

    private static let added = Array(#"{"type":"ADDED","object":"#.utf8)
    private static let modified = Array(#"{"type":"MODIFIED","object":"#.utf8)
    private static let deleted = Array(#"{"type":"DELETED","object":"#.utf8)
    private static let close = Array("}\n".utf8)

    private static func open(_ kind: StoreEvent.Kind, _ lines: inout [UInt8]) {
        switch kind {
        case .added: lines += added
        case .modified: lines += modified
        case .deleted: lines += deleted
        }
    }
}
