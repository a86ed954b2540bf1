import APIServerCore
import HTTPMessages
import Kernel

/// Which handler answers what.
struct Routes: Sendable {
    private let parts: ServerParts
    private let reviews: ReviewHandler
    private let system: SystemRoutes

    init(_ parts: ServerParts) {
        self.parts = parts
        reviews = ReviewHandler(parts)
        system = SystemRoutes(parts)
    }

    func respond(_ context: RequestContext) async throws(APIStatus) -> HTTPReply {
        guard context.info.isResource else { return try await system.respond(context) }
        let info = context.info
        guard let resource = parts.registry.table.find(group: info.group, version: info.version, plural: info.resource) else {
            throw .noSuchPath
        }
        let definition = resource.definition
        // A namespace in the path of what has none, and a single object of what needs one without, are no paths at all.
        let isNamespaceItself = definition.holdsUntilEmptied
        guard definition.isNamespaced || info.namespace.isEmpty || isNamespaceItself else { throw .noSuchPath }
        if definition.isNamespaced, info.namespace.isEmpty {
            guard info.name.isEmpty else { throw .noSuchPath }
            if info.verb == "create" { throw definition.isReview ? .noSuchPath : .methodNotAllowed }
        }
        if let warning = definition.deprecationWarning { context.warnings.add(warning) }
        return info.subresource.isEmpty ? try await whole(context, resource) : try await part(context, resource)
    }

    private func whole(_ context: RequestContext, _ resource: ServedResource) async throws(APIStatus) -> HTTPReply {
        let definition = resource.definition
        guard let verb = APIVerb(rawValue: context.info.verb), definition.verbs.contains(verb) else { throw .methodNotAllowed }
        if definition.isReview { return try await reviews.respond(context, resource) }
        switch verb {
        case .get: return try await parts.reads.get(context, resource)
        case .list: return try await parts.reads.list(context, resource)
        case .watch: return try await parts.watches.watch(context, resource)
        case .create:
            guard context.info.name.isEmpty else { throw .methodNotAllowed }
            return try await parts.writes.create(context, resource)
        case .update:
            guard !context.info.name.isEmpty else { throw .methodNotAllowed }
            return try await parts.writes.update(context, resource, part: .whole)
        case .patch:
            guard !context.info.name.isEmpty else { throw .methodNotAllowed }
            return try await parts.writes.patch(context, resource, part: .whole)
        case .delete: return try await parts.deletes.delete(context, resource)
        case .deletecollection: return try await parts.deletes.deleteCollection(context, resource)
        }
    }

    private func part(_ context: RequestContext, _ resource: ServedResource) async throws(APIStatus) -> HTTPReply {
        guard let subresource = resource.definition.subresource(context.info.subresource) else { throw .noSuchPath }
        guard let verb = APIVerb(rawValue: context.info.verb), subresource.verbs.contains(verb) else { throw .methodNotAllowed }
        switch subresource.name {
        case "status":
            switch verb {
            case .get: return try await parts.reads.get(context, resource)
            case .update: return try await parts.writes.update(context, resource, part: .status)
            case .patch: return try await parts.writes.patch(context, resource, part: .status)
            default: throw .methodNotAllowed
            }
        case "scale":
            guard verb == .get else { return try await parts.writes.scale(context, resource) }
            return try parts.reads.scale(context, resource)
        case "finalize": return try await parts.writes.update(context, resource, part: .finalize)
        case "token": return try await parts.tokenRequests.create(context, resource)
        default: throw .noSuchPath
        }
    }
}
