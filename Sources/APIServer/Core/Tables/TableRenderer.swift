import Kernel

/// Shows objects as a `Table` of meta.k8s.io/v1, which is what `kubectl get` prints. Made once a request; its paths are compiled.
public struct TableRenderer: Sendable {
    /// `?includeObject=`: what of each object goes along with its row.
    public enum IncludedObject: String, Sendable {
        case none = "None"
        case metadata = "Metadata"
        case object = "Object"

        /// - Parameter query: empty is Metadata.
        public init(query: String) throws(SelectorError) {
            guard !query.isEmpty else {
                self = .metadata
                return
            }
            guard let value = IncludedObject(rawValue: query) else {
                throw SelectorError(StatusCause.invalid("includeObject", .string(query), "must be 'Metadata', 'Object', 'None', or empty").text)
            }
            self = value
        }
    }

    private enum Cell: Sendable {
        case path(JSONPath, type: String)
        case computed(BuiltInCell)
        case nothing
    }

    private let columns: [PrinterColumn]
    private let cells: [Cell]
    private let included: IncludedObject

    /// - Parameters:
    ///   - columns: a custom resource without columns of its own has Name and Age.
    public init(columns: [PrinterColumn], isBuiltIn: Bool, included: IncludedObject = .metadata) {
        var all = columns
        if !isBuiltIn || columns.isEmpty {
            // Custom resources name only the columns after the first.
            if columns.first?.name != "Name" || columns.first?.source != .path(".metadata.name") { all.insert(Self.name, at: 0) }
            if all.count == 1 { all.append(Self.age) }
        }
        self.columns = all
        cells = all.map { column in
            switch column.source {
            case .computed(let cell): return .computed(cell)
            // A path that is none leaves its column empty; the definition was refused for it, if anyone looked.
            case .path(let text): return (try? JSONPath(text)).map { .path($0, type: column.type) } ?? .nothing
            }
        }
        self.included = included
    }

    private static let name = PrinterColumn(
        "Name", format: "name", description: "Name of the object, unique among those of its kind in its namespace.", source: .path(".metadata.name"))
    private static let age = PrinterColumn(
        "Age", type: "date", description: "How long ago the object was made.", source: .path(".metadata.creationTimestamp"))

    /// A table of objects.
    ///
    /// - Parameters:
    ///   - metadata: the list's: resourceVersion, continue, remainingItemCount.
    ///   - withColumns: false for the later events of a watch, whose client knows the columns.
    public func table(_ objects: [JSON], metadata: JSONObject, withColumns: Bool = true, now: Timestamp) -> JSON {
        [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": .object(metadata),
            "columnDefinitions": withColumns ? .array(columns.map(Self.definition)) : JSON.null,
            "rows": .array(objects.map { row($0, now: now) }),
        ]
    }

    /// A table of one object: a get's, or a watch event's.
    public func table(_ object: JSON, withColumns: Bool = true, now: Timestamp) -> JSON {
        var metadata = JSONObject()
        metadata["resourceVersion"] = object["metadata"]?["resourceVersion"]
        return table([object], metadata: metadata, withColumns: withColumns, now: now)
    }

    private static func definition(_ column: PrinterColumn) -> JSON {
        [
            "name": .string(column.name), "type": .string(column.type), "format": .string(column.format),
            "description": .string(column.description), "priority": JSON(column.priority),
        ]
    }

    private func row(_ object: JSON, now: Timestamp) -> JSON {
        let values = cells.map { cell -> JSON in
            switch cell {
            case .path(let path, let type): TableCells.cell(path.values(in: object), type: type, now: now)
            case .computed(let cell): TableCells.builtIn(cell, object, now: now)
            case .nothing: JSON.null
            }
        }
        let attached: JSON =
            switch included {
            case .none: JSON.null
            case .metadata: PartialObjectMetadata.of(object)
            case .object: object
            }
        return ["cells": .array(values), "object": attached]
    }
}

/// Objects reduced to their metadata, for clients that ask for no more.
public enum PartialObjectMetadata {
    public static func of(_ object: JSON) -> JSON {
        ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"] ?? .object(JSONObject())]
    }

    /// - Parameter metadata: the list's: resourceVersion, continue, remainingItemCount.
    public static func list(_ objects: [JSON], metadata: JSONObject) -> JSON {
        ["kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": .object(metadata), "items": .array(objects.map(of))]
    }
}
