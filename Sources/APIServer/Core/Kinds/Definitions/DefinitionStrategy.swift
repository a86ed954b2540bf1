import Kernel

/// CustomResourceDefinition: defaults of names, the status' beginnings, and the rules of `DefinitionRules`.
public struct DefinitionStrategy: ResourceStrategy {
    private let language: RuleLanguage

    /// - Parameter rules: the language of definitions' CEL rules, some of which are tried on defaults.
    public init(rules: RuleLanguage = .plain) { language = rules }

    public func prepareForCreate(_ object: inout JSON) {
        fill(&object)
        let storage = Self.storageVersion(object)
        object["status"] = [
            "conditions": [], "acceptedNames": ["plural": "", "kind": ""], "storedVersions": storage.map { [.string($0)] } ?? [],
        ]
    }

    /// The status changes through /status alone, but for a new storage version, which is noted before anything is stored in it.
    public func prepareForUpdate(_ object: inout JSON, old: JSON) {
        fill(&object)
        object["status"] = old["status"]
        var stored = old["status"]?["storedVersions"]?.array ?? []
        if let storage = Self.storageVersion(object), !stored.contains(.string(storage)) {
            stored.append(.string(storage))
            object[path: ["status", "storedVersions"]] = .array(stored)
        }
    }

    public func validateCreate(_ object: JSON) -> [StatusCause] {
        var rules = DefinitionRules(object, language: language)
        rules.check()
        return rules.causes
    }

    public func validateUpdate(_ object: JSON, old: JSON) -> [StatusCause] {
        var rules = DefinitionRules(object, old: old, language: language)
        rules.check()
        var causes = rules.causes
        var fixed = [["group"], ["names", "plural"]]
        if DefinitionStatus.condition("Established", of: old)?["status"]?.string == "True" { fixed = [["scope"], ["names", "kind"]] + fixed }
        for path in fixed {
            let value = object["spec"]?[path: path] ?? ""
            if value != old["spec"]?[path: path] ?? "" {
                causes.append(.invalid("spec." + path.joined(separator: "."), value, "field is immutable"))
            }
        }
        let versions = (object["spec"]?["versions"]?.array ?? []).compactMap { $0["name"]?.string }
        for (position, stored) in (object["status"]?["storedVersions"]?.array ?? []).enumerated() {
            guard let name = stored.string, !versions.contains(name) else { continue }
            causes.append(
                .invalid(
                    "status.storedVersions[\(position)]", stored,
                    "missing from spec.versions; \(name) was previously a storage version, and must remain in spec.versions until a storage "
                        + "migration ensures no data remains persisted in \(name) and removes \(name) from status.storedVersions"))
        }
        return causes
    }

    private func fill(_ object: inout JSON) {
        let kind = object["spec"]?["names"]?["kind"]?.string ?? ""
        if !kind.isEmpty {
            if (object["spec"]?["names"]?["singular"]?.string ?? "").isEmpty {
                object[path: ["spec", "names", "singular"]] = .string(kind.lowercased())
            }
            if (object["spec"]?["names"]?["listKind"]?.string ?? "").isEmpty {
                object[path: ["spec", "names", "listKind"]] = .string(kind + "List")
            }
        }
        if case .object? = object["spec"], object["spec"]?["conversion"] == nil { object[path: ["spec", "conversion"]] = ["strategy": "None"] }
    }

    static func storageVersion(_ object: JSON) -> String? {
        (object["spec"]?["versions"]?.array ?? []).first { $0["storage"]?.bool == true }?["name"]?.string
    }
}
