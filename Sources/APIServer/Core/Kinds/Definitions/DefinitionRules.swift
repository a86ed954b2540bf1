import Kernel

/// What a CustomResourceDefinition must be like, checked from top to bottom.
struct DefinitionRules {
    private let object: JSON
    private let spec: JSON
    /// What is stored, on an update.
    private let old: JSON?
    private(set) var causes: [StatusCause] = []

    private static let columnTypes = ["boolean", "date", "integer", "number", "string"]
    private static let columnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"]
    private static let selectableLimit = 8

    private let language: RuleLanguage

    init(_ object: JSON, old: JSON? = nil, language: RuleLanguage = .plain) {
        self.object = object
        self.language = language
        self.old = old
        spec = object["spec"] ?? .null
    }

    private func text(_ value: JSON?) -> String { value?.string ?? "" }

    mutating func check() {
        checkName()
        checkGroupAndScope()
        let versions = spec["versions"]?.array ?? []
        let schemas = versions.map { $0["schema"]?["openAPIV3Schema"] ?? .null }
        // What all versions have in common is judged once, and named as Kubernetes does.
        let isCommon = schemas.first.map { first in first.isContainer && schemas.allSatisfy { $0 == first } } ?? false
        if isCommon, let schema = schemas.first { checkSchema(schema, "spec.validation.openAPIV3Schema", isKept: versions.allSatisfy(isKept)) }
        for (position, version) in versions.enumerated() { check(version, "spec.versions[\(position)]", isSchemaChecked: isCommon) }
        let names = versions.map { text($0["name"]) }
        if Set(names).count != names.count { causes.append(.invalid("spec.versions", .array(versions), "must contain unique version names")) }
        if versions.filter({ $0["storage"]?.bool == true }).count != 1 {
            causes.append(.invalid("spec.versions", .array(versions.map { $0["name"] ?? "" }), "must have exactly one version marked as storage version"))
        }
        checkNames()
        checkConversion()
        if spec["preserveUnknownFields"]?.bool == true {
            causes.append(.invalid("spec.preserveUnknownFields", true, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"))
        }
    }

    private mutating func checkName() {
        let name = text(object["metadata"]?["name"])
        guard name != "\(text(spec["names"]?["plural"])).\(text(spec["group"]))" else { return }
        causes.append(.invalid("metadata.name", .string(name), "must be spec.names.plural+\".\"+spec.group"))
    }

    private mutating func checkGroupAndScope() {
        let group = text(spec["group"])
        let faults = NameFormat.subdomain(group)
        if group.isEmpty {
            causes.append(.required("spec.group"))
        } else if !faults.isEmpty {
            causes.append(.invalid("spec.group", .string(group), faults.joined(separator: ",")))
        } else if !group.contains(".") {
            causes.append(.invalid("spec.group", .string(group), "should be a domain with at least one dot"))
        } else if BuiltInResources.groups.contains(group) {
            // Such a kind could stand in for Roles, and so for what decides who may do what.
            causes.append(.forbidden("spec.group", "\(group) belongs to the server itself; use a domain of your own"))
        }
        switch text(spec["scope"]) {
        case "": causes.append(.required("spec.scope"))
        case "Cluster", "Namespaced": break
        case let other: causes.append(.notSupported("spec.scope", .string(other), supported: ["Cluster", "Namespaced"]))
        }
    }

    private mutating func checkNames() {
        let names = spec["names"]
        for field in ["plural", "singular", "kind", "listKind"] where text(names?[field]).isEmpty { causes.append(.required("spec.names.\(field)")) }
        for field in ["plural", "singular"] { checkLabel(names?[field], "spec.names.\(field)") }
        for field in ["kind", "listKind"] {
            let name = text(names?[field])
            let faults = name.isEmpty ? [] : NameFormat.label1035(name.lowercased())
            if !faults.isEmpty {
                causes.append(
                    .invalid("spec.names.\(field)", .string(name), "may have mixed case, but should otherwise match: " + faults.joined(separator: ",")))
            }
        }
        let kind = text(names?["kind"])
        if !kind.isEmpty, kind == text(names?["listKind"]) {
            causes.append(.invalid("spec.names.listKind", .string(kind), "kind and listKind may not be the same"))
        }
        for field in ["shortNames", "categories"] {
            for (position, name) in (names?[field]?.array ?? []).enumerated() { checkLabel(name, "spec.names.\(field)[\(position)]", mayBeEmpty: false) }
        }
    }

    private mutating func checkLabel(_ value: JSON?, _ field: String, mayBeEmpty: Bool = true) {
        let name = text(value)
        if name.isEmpty && mayBeEmpty { return }
        let faults = NameFormat.label1035(name)
        if !faults.isEmpty { causes.append(.invalid(field, .string(name), faults.joined(separator: ","))) }
    }

    private mutating func checkConversion() {
        guard let conversion = spec["conversion"], !conversion.isNull else { return }
        switch text(conversion["strategy"]) {
        case "": causes.append(.required("spec.conversion.strategy"))
        case "None":
            if conversion["webhook"].map({ !$0.isNull }) ?? false {
                causes.append(.forbidden("spec.conversion.webhook", "should not be set when strategy is not set to Webhook"))
            }
        // Webhooks aren't called here, so a definition that relies on one is refused rather than served wrongly.
        case let other: causes.append(.notSupported("spec.conversion.strategy", .string(other), supported: ["None"]))
        }
    }

    private mutating func check(_ version: JSON, _ path: String, isSchemaChecked: Bool) {
        checkLabel(version["name"], "\(path).name", mayBeEmpty: false)
        checkDeprecation(version, path)
        let schema = version["schema"]?["openAPIV3Schema"]
        if case .object? = schema {
            if !isSchemaChecked { checkSchema(schema ?? .null, "\(path).schema.openAPIV3Schema", isKept: isKept(version)) }
        } else {
            causes.append(.required("\(path).schema.openAPIV3Schema"))
        }
        if let scale = version["subresources"]?["scale"], !scale.isNull { checkScale(scale, "\(path).subresources.scale") }
        for (position, column) in (version["additionalPrinterColumns"]?.array ?? []).enumerated() {
            check(column: column, "\(path).additionalPrinterColumns[\(position)]")
        }
        checkSelectable(version["selectableFields"]?.array ?? [], schema ?? .null, "\(path).selectableFields")
    }

    /// Whether the version is stored with this very schema.
    private func isKept(_ version: JSON) -> Bool {
        let stored = (old?["spec"]?["versions"]?.array ?? []).first { $0["name"] == version["name"] }
        return stored.map { $0["schema"] == version["schema"] } ?? false
    }

    private mutating func checkSchema(_ schema: JSON, _ path: String, isKept: Bool) {
        let problems = SchemaCheck.problems(schema, path: path, rules: language)
        causes += problems + RuleCheck.problems(schema, path: path, isStructural: problems.isEmpty, forgivesCost: isKept, rules: language)
    }

    private mutating func checkDeprecation(_ version: JSON, _ path: String) {
        guard let warning = version["deprecationWarning"]?.string else { return }
        let field = "\(path).deprecationWarning"
        if version["deprecated"]?.bool != true { causes.append(.invalid(field, .string(warning), "can only be set for deprecated versions")) }
        if warning.isEmpty { causes.append(.invalid(field, .string(warning), "must not be an empty string")) }
        if warning.utf8.count > 256 { causes.append(.invalid(field, .string(warning), "must be <= 256 characters long")) }
    }

    private mutating func checkScale(_ scale: JSON, _ path: String) {
        for (field, roots) in [("specReplicasPath", [".spec."]), ("statusReplicasPath", [".status."]), ("labelSelectorPath", [".spec.", ".status."])] {
            let value = text(scale[field])
            let isOptional = field == "labelSelectorPath"
            if value.isEmpty {
                if !isOptional { causes.append(.required("\(path).\(field)")) }
            } else if !value.hasPrefix(".") {
                causes.append(.invalid("\(path).\(field)", .string(value), "must be a simple json path starting with ."))
            } else if !roots.contains(where: value.hasPrefix) {
                let root = isOptional ? "either .spec or .status" : String(roots[0].dropLast())
                causes.append(.invalid("\(path).\(field)", .string(value), "should be a json path under \(root)"))
            }
        }
    }

    private mutating func check(column: JSON, _ path: String) {
        if text(column["name"]).isEmpty { causes.append(.required("\(path).name")) }
        let types = Self.columnTypes.joined(separator: ",")
        let type = text(column["type"])
        if type.isEmpty {
            causes.append(.required("\(path).type", "must be one of \(types)"))
        } else if !Self.columnTypes.contains(type) {
            causes.append(.invalid("\(path).type", .string(type), "must be one of \(types)"))
        }
        let format = text(column["format"])
        if !format.isEmpty, !Self.columnFormats.contains(format) {
            causes.append(.invalid("\(path).format", .string(format), "must be one of \(Self.columnFormats.joined(separator: ","))"))
        }
        let jsonPath = text(column["jsonPath"])
        if jsonPath.isEmpty {
            causes.append(.required("\(path).jsonPath"))
        } else if !jsonPath.hasPrefix(".") {
            causes.append(.invalid("\(path).jsonPath", .string(jsonPath), "must be a simple json path starting with ."))
        }
    }

    private mutating func checkSelectable(_ fields: [JSON], _ schema: JSON, _ path: String) {
        var seen: Set<String> = []
        for (position, field) in fields.enumerated() {
            let name = "\(path)[\(position)].jsonPath"
            let value = text(field["jsonPath"])
            guard !value.isEmpty else {
                causes.append(.required(name))
                continue
            }
            let parts = value.split(separator: ".").map(String.init)
            guard value.hasPrefix("."), let root = parts.first else {
                causes.append(.invalid(name, .string(value), "is an invalid path: must begin with . and name a field"))
                continue
            }
            if root == "metadata" {
                causes.append(.invalid(name, .string(value), "must not point to fields in metadata"))
            } else {
                let type = parts.reduce(schema) { $0["properties"]?[$1] ?? .null }["type"]?.string
                if type == nil {
                    causes.append(.invalid(name, .string(value), "is an invalid path: does not refer to a valid field"))
                } else if !["string", "boolean", "integer"].contains(type) {
                    causes.append(
                        .invalid(
                            name, .string(value),
                            "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed."))
                }
            }
            if !seen.insert(value).inserted { causes.append(.duplicate(name, .string(value))) }
        }
        if seen.count > Self.selectableLimit { causes.append(.tooMany(path, actual: seen.count, limit: Self.selectableLimit)) }
    }
}
