import Kernel

extension StructuralSchema {
    /// Checks a value against the schema, with the messages of Kubernetes' API server.
    ///
    /// Goes on after the first fault and reports up to `limit` of them, in the order of the document. CEL rules
    /// (`x-kubernetes-validations`) are not looked at. `metadata` of the root is `ObjectMetadata`'s.
    ///
    /// - Parameters:
    ///   - old: what is stored, on an update: faults of what the update leaves as it was are not its own, and pass. So a schema may grow
    ///     stricter without shutting out the objects there are.
    ///   - path: the field the value stands in; empty for a whole object.
    ///   - isResource: the value is a whole object, whose `metadata` is checked elsewhere.
    public func validate(_ value: JSON, old: JSON? = nil, path: [String] = [], isResource: Bool = true, limit: Int = 100) -> [StatusCause] {
        var validator = SchemaValidator(path: FieldPath(root: value, prefix: path), limit: limit)
        validator.check(value, self, isResource: isResource)
        // Nearly always there is nothing to forgive, and then the stored object isn't looked at.
        guard let old, !validator.causes.isEmpty else { return validator.causes }
        var forgiving = SchemaValidator(path: FieldPath(root: value, prefix: path), limit: limit)
        forgiving.check(value, self, old: old, isResource: isResource)
        return forgiving.causes
    }

    /// Whether the value has no fault; stops at the first.
    func accepts(_ value: JSON, isResource: Bool = false) -> Bool {
        var validator = SchemaValidator(path: FieldPath(root: value), limit: 1)
        validator.check(value, self, isResource: isResource)
        return validator.causes.isEmpty
    }
}
