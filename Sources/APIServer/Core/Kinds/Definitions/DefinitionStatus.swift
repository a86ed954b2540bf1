import Kernel

/// Decides which names of a CustomResourceDefinition are accepted, and so whether it is served.
///
/// Pure: the server calls it when a definition or one of its group was written or removed, and stores the status it returns.
public enum DefinitionStatus {
    /// The condition of that type, or nil.
    public static func condition(_ type: String, of definition: JSON) -> JSON? {
        (definition["status"]?["conditions"]?.array ?? []).first { $0["type"]?.string == type }
    }

    /// Whether objects of the kind are served.
    public static func isEstablished(_ definition: JSON) -> Bool { condition("Established", of: definition)?["status"]?.string == "True" }

    /// The status as it should be, or nil when it is so already.
    ///
    /// - Parameter others: all other definitions; those of other groups don't matter.
    public static func next(_ definition: JSON, others: [JSON], now: Timestamp) -> JSON? {
        let status = definition["status"] ?? .object(JSONObject())
        let wanted = definition["spec"]?["names"] ?? .null
        let group = definition["spec"]?["group"]
        var accepted = status["acceptedNames"] ?? .object(JSONObject())
        let own = accepted
        var resources: Set<String> = []
        var kinds: Set<String> = []
        for other in others where other["spec"]?["group"] == group {
            let names = other["status"]?["acceptedNames"]
            resources.formUnion([names?["plural"], names?["singular"]].compactMap { $0?.string } + (names?["shortNames"]?.array ?? []).compactMap(\.string))
            kinds.formUnion([names?["kind"], names?["listKind"]].compactMap { $0?.string })
        }

        var conflict: (reason: String, message: String)?
        func isFree(_ name: String, _ used: Set<String>, reason: String) -> Bool {
            guard used.contains(name), !name.isEmpty else { return true }
            conflict = (reason, "\(GoQuote.quote(name)) is already in use")
            return false
        }
        func accept(_ field: String, _ used: Set<String>, reason: String) {
            let name = wanted[field]?.string ?? ""
            if name == own[field]?.string || isFree(name, used, reason: reason) { accepted[field] = .string(name) }
        }
        accept("plural", resources, reason: "PluralConflict")
        accept("singular", resources, reason: "SingularConflict")
        let shortNames = (wanted["shortNames"]?.array ?? []).compactMap(\.string)
        let ownShortNames = (own["shortNames"]?.array ?? []).compactMap(\.string)
        if shortNames.allSatisfy({ ownShortNames.contains($0) || isFree($0, resources, reason: "ShortNamesConflict") }) {
            accepted["shortNames"] = shortNames.isEmpty ? JSON?.none : JSON(shortNames)
        }
        accept("kind", kinds, reason: "KindConflict")
        accept("listKind", kinds, reason: "ListKindConflict")
        accepted["categories"] = wanted["categories"]

        var conditions = status["conditions"]?.array ?? []
        set(&conditions, "NamesAccepted", conflict == nil, conflict?.reason ?? "NoConflicts", conflict?.message ?? "no conflicts found", now)
        if conflict == nil {
            set(&conditions, "Established", true, "InitialNamesAccepted", "the initial names have been accepted", now)
        } else if !isEstablished(definition) {
            set(&conditions, "Established", false, "NotAccepted", "not all names are accepted", now)
        }
        var result = status
        result["conditions"] = .array(conditions)
        result["acceptedNames"] = accepted
        if result["storedVersions"] == nil, let storage = DefinitionStrategy.storageVersion(definition) { result["storedVersions"] = [.string(storage)] }
        return result == status ? nil : result
    }

    private static func set(_ conditions: inout [JSON], _ type: String, _ holds: Bool, _ reason: String, _ message: String, _ now: Timestamp) {
        let status: JSON = holds ? "True" : "False"
        let at = conditions.firstIndex { $0["type"]?.string == type }
        let changed = at.map { conditions[$0]["status"] != status } ?? true
        let since = changed ? .string(now.rfc3339) : at.flatMap { conditions[$0]["lastTransitionTime"] } ?? .string(now.rfc3339)
        let condition: JSON = [
            "type": .string(type), "status": status, "reason": .string(reason), "message": .string(message), "lastTransitionTime": since,
        ]
        if let at { conditions[at] = condition } else { conditions.append(condition) }
    }
}
