import Kernel

/// The rules of `metadata`, which are the same for every kind.
public enum ObjectMetadata {
    /// All annotations of an object together, names and values, in bytes.
    public static let mostAnnotationBytes = 256 << 10

    private static let time = StructuralSchema {
        $0.type = .string
        $0.format = "date-time"
        $0.nullable = true
    }

    /// What `metadata` may hold, and how its lists merge.
    public static let schema = StructuralSchema.object([
        "name": .string(), "generateName": .string(), "namespace": .string(), "selfLink": .string(), "uid": .string(), "resourceVersion": .string(),
        "generation": .integer(format: "int64"), "creationTimestamp": time, "deletionTimestamp": time,
        "deletionGracePeriodSeconds": .integer(format: "int64"),
        "labels": .map(of: .string()), "annotations": .map(of: .string()),
        "ownerReferences": .list(
            of: .object(
                [
                    "apiVersion": .string(), "kind": .string(), "name": .string(), "uid": .string(), "controller": .boolean(),
                    "blockOwnerDeletion": .boolean(),
                ], mapType: .atomic),
            type: .map, keys: ["uid"], patchStrategy: "merge", patchMergeKey: "uid"),
        "finalizers": .list(of: .string(), type: .set, patchStrategy: "merge"),
        "managedFields": .list(
            of: .object([
                "manager": .string(), "operation": .string(), "apiVersion": .string(), "time": time, "fieldsType": .string(),
                "fieldsV1": .anyObject(), "subresource": .string(),
            ])),
    ])

    /// Removes unknown members of `metadata`, and nulls, which count as absent.
    ///
    /// - Returns: the paths of the unknown ones, `metadata.foo`.
    public static func prune(_ object: inout JSON) -> [String] {
        guard var metadata = object["metadata"], metadata.object != nil else { return [] }
        let unknown = schema.prune(&metadata, isResource: false)
        let changed = schema.applyDefaults(&metadata)
        // Go's clients write an empty time as null.
        let emptyTimes = ["creationTimestamp", "deletionTimestamp"].filter { metadata[$0]?.isNull ?? false }
        for name in emptyTimes { metadata[name] = nil }
        if changed || !unknown.isEmpty || !emptyTimes.isEmpty { object["metadata"] = metadata }
        return unknown.map { "metadata." + $0 }
    }

    /// What can't be read as metadata: wrong types. A request with such metadata is malformed, 400. Nulls count as absent.
    public static func shapeProblems(_ metadata: JSON, path: String = "metadata") -> [StatusCause] {
        var metadata = metadata
        schema.dropNulls(&metadata)
        return schema.validate(metadata, path: [path], isResource: false)
    }

    /// Checks the metadata of a new object, after its name was generated.
    public static func validateCreate(_ object: JSON, name rule: NameRule, isNamespaced: Bool) -> [StatusCause] {
        let metadata = object["metadata"] ?? .null
        var causes: [StatusCause] = []
        if let prefix = metadata["generateName"]?.string, !prefix.isEmpty {
            causes += rule.problems(prefix, isPrefix: true).map { .invalid("metadata.generateName", .string(prefix), $0) }
        }
        if let name = metadata["name"]?.string, !name.isEmpty {
            causes += rule.problems(name).map { .invalid("metadata.name", .string(name), $0) }
        } else {
            causes.append(.required("metadata.name", "name or generateName is required"))
        }
        let namespace = metadata["namespace"]?.string ?? ""
        if isNamespaced {
            if namespace.isEmpty {
                causes.append(.required("metadata.namespace"))
            } else {
                causes += NameFormat.label(namespace).map { .invalid("metadata.namespace", .string(namespace), $0) }
            }
        } else if !namespace.isEmpty {
            causes.append(.forbidden("metadata.namespace", "not allowed on this type"))
        }
        return causes + common(metadata)
    }

    /// Checks the metadata of a change; `old` is what is stored. What a server fills in must have been filled in before.
    public static func validateUpdate(_ object: JSON, old: JSON) -> [StatusCause] {
        let (metadata, before) = (object["metadata"] ?? .null, old["metadata"] ?? .null)
        var causes: [StatusCause] = []
        if before["deletionTimestamp"]?.string != nil {
            let known = Set((before["finalizers"]?.array ?? []).compactMap(\.string))
            let fresh = Set((metadata["finalizers"]?.array ?? []).compactMap(\.string)).subtracting(known).sorted()
            if !fresh.isEmpty {
                let list = fresh.map(GoQuote.quote).joined(separator: ", ")
                causes.append(
                    .forbidden(
                        "metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers []string{\(list)}"))
            }
        }
        if metadata["resourceVersion"]?.string ?? "" == "" {
            causes.append(.invalid("metadata.resourceVersion", "", "must be specified for an update"))
        }
        let generation = metadata["generation"]?.int ?? 0
        if generation < before["generation"]?.int ?? 0 {
            causes.append(.invalid("metadata.generation", .int(generation), "must not be decremented"))
        }
        for field in ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] {
            let (now, then) = (metadata[field] ?? .null, before[field] ?? .null)
            if now != then, !(now.string == "" && then.isNull), !(now.isNull && then.string == "") {
                causes.append(.invalid("metadata.\(field)", now, "field is immutable"))
            }
        }
        return causes + common(metadata)
    }

    private static func common(_ metadata: JSON) -> [StatusCause] {
        var causes: [StatusCause] = []
        if let generation = metadata["generation"]?.int, generation < 0 {
            causes.append(.invalid("metadata.generation", .int(generation), "must be greater than or equal to 0"))
        }
        for (key, value) in metadata["labels"]?.object ?? JSONObject() {
            causes += NameFormat.qualified(key).map { .invalid("metadata.labels", .string(key), $0) }
            if let value = value.string { causes += NameFormat.labelValue(value).map { .invalid("metadata.labels", .string(value), $0) } }
        }
        var annotationBytes = 0
        for (key, value) in metadata["annotations"]?.object ?? JSONObject() {
            causes += NameFormat.qualified(key.lowercased()).map { .invalid("metadata.annotations", .string(key), $0) }
            annotationBytes += key.utf8.count + (value.string?.utf8.count ?? 0)
        }
        if annotationBytes > mostAnnotationBytes { causes.append(.tooLong("metadata.annotations", limit: mostAnnotationBytes)) }
        causes += ownerReferences(metadata["ownerReferences"]?.array ?? [])
        causes += finalizers((metadata["finalizers"]?.array ?? []).compactMap(\.string))
        causes += managedFields(metadata["managedFields"]?.array ?? [])
        return causes
    }

    private static func ownerReferences(_ references: [JSON]) -> [StatusCause] {
        var causes: [StatusCause] = []
        var controller: String?
        for reference in references {
            let text = { (member: String) in reference[member]?.string ?? "" }
            let kind = GroupVersionKind(apiVersion: text("apiVersion"), kind: text("kind"))
            let path = "metadata.ownerReferences"
            if kind.version.isEmpty { causes.append(.invalid("\(path).apiVersion", .string(text("apiVersion")), "version must not be empty")) }
            for member in ["kind", "name", "uid"] where text(member).isEmpty {
                causes.append(.invalid("\(path).\(member)", "", "must not be empty"))
            }
            if kind.group.isEmpty, kind.version == "v1", kind.kind == "Event" {
                causes.append(.invalid(path, reference, "/v1, Kind=Event is disallowed from being an owner"))
            }
            guard reference["controller"]?.bool == true else { continue }
            let name = "\(text("kind"))/\(text("name"))"
            if let controller {
                causes.append(
                    .invalid(
                        path, .array(references),
                        "Only one reference can have Controller set to true. Found \"true\" in references for \(controller) and \(name)"))
            } else {
                controller = name
            }
        }
        return causes
    }

    private static func finalizers(_ names: [String]) -> [StatusCause] {
        var causes: [StatusCause] = []
        for name in names { causes += NameFormat.qualified(name).map { .invalid("metadata.finalizers", .string(name), $0) } }
        if names.contains("orphan"), names.contains("foregroundDeletion") {
            causes.append(.invalid("metadata.finalizers", JSON(names), "finalizer orphan and foregroundDeletion cannot be both set"))
        }
        return causes
    }

    private static func managedFields(_ entries: [JSON]) -> [StatusCause] {
        var causes: [StatusCause] = []
        for (position, entry) in entries.enumerated() {
            let path = "metadata.managedFields[\(position)]"
            let operation = entry["operation"]?.string ?? ""
            if operation != "Apply", operation != "Update" {
                causes.append(.invalid("\(path).operation", .string(operation), "must be `Apply` or `Update`"))
            }
            if let type = entry["fieldsType"]?.string, !type.isEmpty, type != "FieldsV1" {
                causes.append(.invalid("\(path).fieldsType", .string(type), "must be `FieldsV1`"))
            }
            causes += fieldManager(entry["manager"]?.string ?? "", path: "\(path).manager")
            if (entry["subresource"]?.string ?? "").utf8.count > 256 { causes.append(.tooLong("\(path).subresource", limit: 256)) }
        }
        return causes
    }

    /// The rules for `?fieldManager=`.
    public static func fieldManager(_ name: String, path: String = "fieldManager") -> [StatusCause] {
        var causes: [StatusCause] = []
        if name.utf8.count > 128 { causes.append(.tooLong(path, limit: 128)) }
        var offset = 0
        for scalar in name.unicodeScalars {
            if !FieldManagerName.isPrintable(scalar) {
                let code = String(scalar.value, radix: 16, uppercase: true)
                let padded = String(repeating: "0", count: max(0, 4 - code.count)) + code
                causes.append(.invalid(path, .string(name), "invalid character U+\(padded) (at position \(offset))"))
            }
            offset += scalar.utf8.count
        }
        return causes
    }
}

extension UnicodeScalar {
    fileprivate var utf8: String.UTF8View { String(Character(self)).utf8 }
}
