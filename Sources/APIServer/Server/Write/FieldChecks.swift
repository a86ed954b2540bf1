import APIServerCore
import Kernel

/// What becomes of fields that the schema doesn't know, and of members that stand twice.
enum FieldChecks {
    /// Refuses what can't be read as the kind; removes unknown fields, and says so or refuses, as the client asked.
    ///
    /// - Parameter patched: the name of the stored object that a patch made this one of. What can't be read is the patch's fault then: 422.
    static func check(
        _ object: inout JSON, _ resource: ServedResource, _ mode: WriteOptions.FieldValidation, duplicates: [String], patched name: String? = nil, _ warnings: Warnings
    ) throws(APIStatus) {
        let definition = resource.definition
        let kind = definition.groupVersionKind
        if definition.isBuiltIn, let problem = TypedDecoding.problem(object, schema: resource.schema, kind: definition.kind) {
            guard let name else { throw .badRequest(StrictDecoding.cannotHandle(problem, kind)) }
            // Kubernetes shows the whole object here; it may be a Secret.
            throw .invalid(
                definition.groupKind, name: name, [StatusCause(reason: .invalid, message: "Invalid value: <value omitted>: \(problem)", field: "patch")])
        }
        if let metadata = object["metadata"], let problem = ObjectMetadata.shapeProblems(metadata).first {
            throw .badRequest(StrictDecoding.cannotHandle(problem.text, kind))
        }
        let unknown = resource.schema.prune(&object) + ObjectMetadata.prune(&object)
        guard mode != .ignore, !(unknown.isEmpty && duplicates.isEmpty) else { return }
        guard mode == .strict else {
            for text in StrictDecoding.warnings(unknown: unknown, duplicates: duplicates) { warnings.add(text) }
            return
        }
        if let problem = StrictDecoding.problem(unknown: unknown, duplicates: duplicates, kind: kind) { throw .badRequest(problem) }
    }
}
