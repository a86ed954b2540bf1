import APIServerCore
import HTTPMessages
import Kernel
import Store

/// Create, update and patch, for every stored resource and its subresources.
struct WriteHandler: Sendable {
    let writer: ObjectWriter
    let admission: Admission

    // MARK: Create

    func create(_ context: RequestContext, _ resource: ServedResource) async throws(APIStatus) -> HTTPReply {
        let representation = try context.representation(allowsShapes: true)
        let options = try WriteOptions(context)
        var object = try body(context, resource, options)
        if let version = object["metadata"]?["resourceVersion"]?.string, !version.isEmpty {
            throw .badRequest("resourceVersion should not be set on objects to be created")
        }
        try ObjectIdentity.settle(&object, resource, context, name: nil)
        try await admission.admitCreate(object, resource, context)
        let written = try await writer.create(object, resource, options, warnings: context.warnings)
        return try reply(written, resource, context, representation)
    }

    // MARK: Update

    func update(_ context: RequestContext, _ resource: ServedResource, part: ObjectPart) async throws(APIStatus) -> HTTPReply {
        let representation = try context.representation(allowsShapes: true)
        let options = try WriteOptions(context)
        var object = try body(context, resource, options)
        let name = context.info.name
        try ObjectIdentity.settle(&object, resource, context, name: name)
        let key = resource.key(namespace: context.info.namespace, name: name)
        let definition = resource.definition
        let version = object["metadata"]?["resourceVersion"]?.string ?? ""
        if writer.store.get(key) == nil, definition.createsOnUpdate, part == .whole {
            guard version.isEmpty else { throw .conflict(definition.groupResource, name: name, "the object does not exist any more; create it without a resourceVersion") }
            return try await createByUpdate(object, context, resource, options, representation)
        }
        if version.isEmpty, !definition.allowsUnconditionalUpdate {
            let cause = StatusCause(
                reason: .invalid, message: "Invalid value: 0: must be specified for an update", field: "metadata.resourceVersion")
            // Named by its resource here, not by its kind: so Kubernetes does.
            throw .invalid(GroupKind(group: definition.group, kind: definition.groupResource.resource), name: name, [cause])
        }
        try await admission.admitUpdate(object, resource, context)
        let new = object
        let written = try await writer.update(
            key, resource, options, part: part, isConditional: !version.isEmpty, warnings: context.warnings
        ) { old, stored throws(APIStatus) in
            try ObjectIdentity.checkPreconditions(new, stored, old, definition.groupResource)
            return new
        }
        return try reply(written, resource, context, representation)
    }

    private func createByUpdate(
        _ object: JSON, _ context: RequestContext, _ resource: ServedResource, _ options: WriteOptions, _ representation: Representation
    ) async throws(APIStatus) -> HTTPReply {
        try await admission.admitCreate(object, resource, context)
        let written = try await writer.create(object, resource, options, warnings: context.warnings)
        return try reply(written, resource, context, representation)
    }

    // MARK: Patch

    func patch(_ context: RequestContext, _ resource: ServedResource, part: ObjectPart) async throws(APIStatus) -> HTTPReply {
        let representation = try context.representation(allowsShapes: true)
        let options = try WriteOptions(context)
        let patch = try PatchBody(context.request, resource)
        let key = resource.key(namespace: context.info.namespace, name: context.info.name)
        let definition = resource.definition
        if case .apply(let applied) = patch {
            return try await apply(applied, context, resource, options, part, key, representation)
        }
        let (warnings, admission) = (context.warnings, admission)
        let written = try await writer.update(key, resource, options, part: part, warnings: warnings) { old, stored throws(APIStatus) in
            var changed = try patch.applied(to: old, resource)
            try FieldChecks.check(&changed, resource, options.fieldValidation, duplicates: [], patched: key.name, warnings)
            try ObjectIdentity.settle(&changed, resource, context, name: key.name)
            try ObjectIdentity.checkPreconditions(changed, stored, old, definition.groupResource)
            try admission.checkEscalation(changed, resource, context)
            return changed
        }
        return try reply(written, resource, context, representation)
    }

    private func apply(
        _ body: DecodedBody, _ context: RequestContext, _ resource: ServedResource, _ options: WriteOptions, _ part: ObjectPart, _ key: StoreKey,
        _ representation: Representation
    ) async throws(APIStatus) -> HTTPReply {
        guard let manager = context.options["fieldManager"], !manager.isEmpty else {
            throw .invalid(
                GroupKind(group: "meta.k8s.io", kind: "PatchOptions"), name: "", [.required("fieldManager", "is required for apply patch")])
        }
        var applied = body.json
        if let fields = applied["metadata"]?["managedFields"], !(fields.array ?? []).isEmpty || !(fields.isNull || fields.array != nil) {
            throw .badRequest("metadata.managedFields must be nil")
        }
        try FieldChecks.check(&applied, resource, options.fieldValidation, duplicates: body.duplicates, context.warnings)
        try ObjectIdentity.settle(&applied, resource, context, name: key.name)
        let (config, force) = (applied, options.force)
        let (definition, admission, clocks) = (resource.definition, admission, writer.clocks)
        let scope: FieldManagement.Scope = part == .status ? .status : .object(hasStatus: definition.hasStatus)
        let apply: @Sendable (JSON?) throws(APIStatus) -> JSON = { live throws(APIStatus) in
            do throws(ApplyError) {
                return try resource.fields.apply(config, to: live, manager: manager, force: force, scope: scope, now: clocks.now)
            } catch {
                throw error.status
            }
        }
        // Created by someone else in between: then it is an update after all.
        for _ in 0..<4 {
            if writer.store.get(key) == nil {
                guard part == .whole else { throw .notFound(definition.groupResource, name: key.name) }
                if let uid = config["metadata"]?["uid"]?.string, !uid.isEmpty {
                    throw .conflict(definition.groupResource, name: key.name, "uid mismatch: the provided object specified uid \(uid), and no existing object was found")
                }
                if let version = config["metadata"]?["resourceVersion"]?.string, !version.isEmpty {
                    throw .conflict(definition.groupResource, name: key.name, "the object does not exist any more; apply it without a resourceVersion")
                }
                try await admission.admitCreate(config, resource, context)
                do throws(APIStatus) {
                    let written = try await writer.create(try apply(nil), resource, options, warnings: context.warnings, isApplied: true)
                    return try reply(written, resource, context, representation)
                } catch {
                    guard error.reason == .alreadyExists else { throw error }
                    continue
                }
            }
            let written = try await writer.update(
                key, resource, options, part: part, isApplied: true, warnings: context.warnings
            ) { old, stored throws(APIStatus) in
                try ObjectIdentity.checkPreconditions(config, stored, old, definition.groupResource)
                let changed = try apply(old)
                try admission.checkEscalation(changed, resource, context)
                return changed
            }
            return try reply(written, resource, context, representation)
        }
        throw .modified(definition.groupResource, name: key.name)
    }

    // MARK: Scale

    func scale(_ context: RequestContext, _ resource: ServedResource) async throws(APIStatus) -> HTTPReply {
        let representation = try context.representation()
        guard let definition = resource.definition.scale else { throw .noSuchPath }
        let key = resource.key(namespace: context.info.namespace, name: context.info.name)
        let options = try WriteOptions(context)
        let patch: PatchBody?
        var asked: JSON = .null
        if context.info.verb == "patch" {
            patch = try PatchBody(context.request, resource)
        } else {
            patch = nil
            asked = try BodyDecoder.decode(context.request, tracksDuplicates: false, protobuf: nil).json
        }
        let update = asked
        let written = try await writer.update(
            key, resource, options, part: .whole, subresource: "scale", warnings: context.warnings
        ) { old, stored throws(APIStatus) in
            let current = ScaleSubresource.scale(of: old, definition)
            let scale = try patch.map { patch throws(APIStatus) in try patch.applied(to: current, resource) } ?? update
            try ObjectIdentity.checkPreconditions(scale, stored, old, resource.definition.groupResource)
            return try ScaleSubresource.apply(scale, to: old, definition, name: key.name)
        }
        let shown: JSON
        switch written {
        case .created(let object), .updated(let object), .unchanged(let object), .removed(let object): shown = resource.json(object) ?? .null
        case .dryRun(let object, _): shown = object
        }
        return Reply.json(ScaleSubresource.scale(of: shown, definition), as: representation)
    }

    // MARK: Parts

    private func body(_ context: RequestContext, _ resource: ServedResource, _ options: WriteOptions) throws(APIStatus) -> JSON {
        let decoded = try BodyDecoder.decode(
            context.request, tracksDuplicates: options.fieldValidation != .ignore,
            protobuf: resource.definition.isBuiltIn ? ProtobufBody.decode(as: .object(resource.definition.groupVersionKind)) : nil)
        var object = decoded.json
        try ObjectIdentity.checkKind(&object, resource)
        try FieldChecks.check(&object, resource, options.fieldValidation, duplicates: decoded.duplicates, context.warnings)
        return object
    }

    private func reply(
        _ written: Written, _ resource: ServedResource, _ context: RequestContext, _ representation: Representation
    ) throws(APIStatus) -> HTTPReply {
        let status = written.isNew ? 201 : 200
        switch written {
        case .created(let object), .updated(let object), .unchanged(let object), .removed(let object):
            return try ObjectReply.make(object, resource, context, representation, status: status)
        case .dryRun(let object, _):
            return try ObjectReply.make(object, resource, context, representation, status: status)
        }
    }
}
