import Kernel

/// Events in both shapes: in the namespace of what they are about, whole when they carry `eventTime`, their facts not to be changed.
struct EventStrategy: ResourceStrategy {
    /// events.k8s.io/v1 is strict about everything; v1 only about Events with `eventTime`.
    let isStrict: Bool

    private var subject: String { isStrict ? "regarding" : "involvedObject" }
    private var text: String { isStrict ? "note" : "message" }
    private var reporter: String { isStrict ? "reportingController" : "reportingComponent" }

    func prepareForCreate(_ object: inout JSON) {
        let seen = isStrict ? ["deprecatedFirstTimestamp", "deprecatedLastTimestamp"] : ["firstTimestamp", "lastTimestamp"]
        TimeFields.normalize(
            &object, seen.map { ([$0], .seconds) } + [(["eventTime"], .microseconds), (["series", "lastObservedTime"], .microseconds)])
    }

    func prepareForUpdate(_ object: inout JSON, old: JSON) { prepareForCreate(&object) }

    func validateCreate(_ object: JSON) -> [StatusCause] {
        var causes = checkNamespace(object)
        let hasEventTime = !(object["eventTime"]?.string ?? "").isEmpty
        if isStrict && !hasEventTime { causes.append(.required("eventTime")) }
        guard isStrict || hasEventTime else { return causes }
        for field in [reporter, "reportingInstance", "action", "reason"] where (object[field]?.string ?? "").isEmpty {
            causes.append(.required(field))
        }
        for (field, limit) in [("reportingInstance", 128), ("action", 128), ("reason", 128), (text, 1024)] {
            guard let value = object[field], (value.string?.utf8.count ?? 0) > limit else { continue }
            causes.append(.invalid(field, "", "can have at most \(limit) characters"))
        }
        if isStrict {
            if let type = object["type"], !["Normal", "Warning"].contains(type.string) {
                causes.append(.invalid("type", type, "has invalid value: \(type.string ?? type.text)"))
            } else if object["type"] == nil {
                causes.append(.invalid("type", "", "has invalid value: "))
            }
            for field in ["deprecatedFirstTimestamp", "deprecatedLastTimestamp", "deprecatedCount", "deprecatedSource"] {
                guard let value = object[field], !value.isNull, value != 0, value != .object(JSONObject()) else { continue }
                causes.append(.invalid(field, value, "needs to be unset"))
            }
        }
        return causes
    }

    func validateUpdate(_ object: JSON, old: JSON) -> [StatusCause] {
        guard isStrict else { return checkNamespace(object) }
        var causes = checkNamespace(object)
        for field in [subject, "reason", "eventTime", "action", "related", "note", "type", reporter, "reportingInstance", "deprecatedSource",
            "deprecatedFirstTimestamp", "deprecatedLastTimestamp", "deprecatedCount"]
        where (object[field] ?? .null) != (old[field] ?? .null) {
            causes.append(.invalid(field, object[field] ?? .null, "field is immutable"))
        }
        return causes
    }

    private func checkNamespace(_ object: JSON) -> [StatusCause] {
        let own = object["metadata"]?["namespace"]?.string ?? ""
        let other = object[subject]?["namespace"]?.string ?? ""
        // An event on something cluster scoped lives in the default namespace; Kubernetes lets old ones live elsewhere when it is named.
        let fits = other.isEmpty ? own.isEmpty || own == "default" || own == "kube-system" : own == other
        return fits ? [] : [.invalid("\(subject).namespace", .string(other), "does not match event.namespace")]
    }
}
