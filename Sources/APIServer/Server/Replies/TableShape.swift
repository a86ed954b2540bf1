import APIServerCore
import Kernel
import Platform

/// Objects as rows of printer columns, in the version of Table that the client asked for.
struct TableShape: Sendable {
    private let renderer: TableRenderer
    private let version: String
    private let clocks = SystemClocks()

    /// - Throws: 400 for an `includeObject` that is none.
    init(_ resource: ServedResource, version: String, _ options: QueryOptions) throws(APIStatus) {
        self.version = version
        do throws(SelectorError) {
            let included = try TableRenderer.IncludedObject(query: options["includeObject"] ?? "")
            renderer = TableRenderer(columns: resource.definition.printerColumns, isBuiltIn: resource.definition.isBuiltIn, included: included)
        } catch {
            throw .badRequest(error.message)
        }
    }

    func table(of object: JSON, withColumns: Bool) -> JSON {
        versioned(renderer.table(object, withColumns: withColumns, now: clocks.now))
    }

    func table(of objects: [JSON], metadata: JSON) -> JSON {
        versioned(renderer.table(objects, metadata: metadata.object ?? JSONObject(), now: clocks.now))
    }

    private func versioned(_ table: JSON) -> JSON {
        guard version != "v1" else { return table }
        var table = table
        table["apiVersion"] = .string("meta.k8s.io/\(version)")
        return table
    }
}
