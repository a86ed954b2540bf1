import Kernel

/// RoleBinding and ClusterRoleBinding: whole references, and a role that never changes.
struct RoleBindingStrategy: ResourceStrategy {
    let isNamespaced: Bool

    func prepareForCreate(_ object: inout JSON) {
        if case .object? = object["roleRef"], (object["roleRef"]?["apiGroup"]?.string ?? "").isEmpty {
            object[path: ["roleRef", "apiGroup"]] = .string(RBACTypes.group)
        }
        guard let subjects = object["subjects"]?.array else { return }
        object["subjects"] = .array(
            subjects.map { subject in
                guard ["User", "Group"].contains(subject["kind"]?.string), (subject["apiGroup"]?.string ?? "").isEmpty else { return subject }
                var subject = subject
                subject["apiGroup"] = .string(RBACTypes.group)
                return subject
            })
    }

    func prepareForUpdate(_ object: inout JSON, old: JSON) { prepareForCreate(&object) }

    func validateCreate(_ object: JSON) -> [StatusCause] {
        let role = object["roleRef"]
        var causes: [StatusCause] = []
        if role?["apiGroup"]?.string != RBACTypes.group {
            causes.append(.notSupported("roleRef.apiGroup", role?["apiGroup"] ?? "", supported: [RBACTypes.group]))
        }
        let kinds = isNamespaced ? ["Role", "ClusterRole"] : ["ClusterRole"]
        if !kinds.contains(role?["kind"]?.string ?? "") {
            causes.append(.notSupported("roleRef.kind", role?["kind"] ?? "", supported: kinds))
        }
        causes += checkName(role?["name"]?.string ?? "", "roleRef.name")
        for (position, subject) in (object["subjects"]?.array ?? []).enumerated() { causes += check(subject, "subjects[\(position)]") }
        return causes
    }

    func validateUpdate(_ object: JSON, old: JSON) -> [StatusCause] {
        var causes = validateCreate(object)
        if let role = object["roleRef"], role != old["roleRef"] {
            // Kubernetes shows it under its internal names.
            let shown: JSON = ["APIGroup": role["apiGroup"] ?? "", "Kind": role["kind"] ?? "", "Name": role["name"] ?? ""]
            causes.append(.invalid("roleRef", shown, "cannot change roleRef"))
        }
        return causes
    }

    private func checkName(_ name: String, _ field: String) -> [StatusCause] {
        if name.isEmpty { return [.required(field)] }
        return NameFormat.pathSegment(name).map { .invalid(field, .string(name), $0) }
    }

    private func check(_ subject: JSON, _ path: String) -> [StatusCause] {
        var causes: [StatusCause] = []
        if (subject["name"]?.string ?? "").isEmpty { causes.append(.required("\(path).name")) }
        let group = subject["apiGroup"] ?? ""
        switch subject["kind"]?.string {
        case "ServiceAccount"?:
            if group != "" { causes.append(.notSupported("\(path).apiGroup", group, supported: [""])) }
            if (subject["namespace"]?.string ?? "").isEmpty { causes.append(.required("\(path).namespace")) }
        case "User"?, "Group"?:
            if group != .string(RBACTypes.group) { causes.append(.notSupported("\(path).apiGroup", group, supported: [RBACTypes.group])) }
        default:
            causes.append(.notSupported("\(path).kind", subject["kind"] ?? "", supported: ["ServiceAccount", "User", "Group"]))
        }
        return causes
    }
}
