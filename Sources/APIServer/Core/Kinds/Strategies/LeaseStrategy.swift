import Kernel

/// Lease: positive durations, and a holder that isn't the empty string.
struct LeaseStrategy: ResourceStrategy {
    func validateCreate(_ object: JSON) -> [StatusCause] {
        let spec = object["spec"]
        var causes: [StatusCause] = []
        if let seconds = spec?["leaseDurationSeconds"], !seconds.isNull, (seconds.int ?? 1) <= 0 {
            causes.append(.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"))
        }
        if let transitions = spec?["leaseTransitions"], !transitions.isNull, (transitions.int ?? 0) < 0 {
            causes.append(.invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0"))
        }
        if let preferred = spec?["preferredHolder"]?.string, !preferred.isEmpty, (spec?["strategy"]?.string ?? "").isEmpty {
            causes.append(.forbidden("spec.preferredHolder", "strategy must be set if preferredHolder is set"))
        }
        for field in ["acquireTime", "renewTime"] {
            guard let time = spec?[field], let text = time.string, Timestamp(rfc3339: text) == nil else { continue }
            causes.append(.invalid("spec.\(field)", time, "must be an RFC 3339 time such as 2026-11-20T06:00:00.000000Z"))
        }
        return causes
    }
}
