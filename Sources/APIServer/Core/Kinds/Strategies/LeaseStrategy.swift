import Kernel

/// Lease: positive durations, and times to the microsecond.
struct LeaseStrategy: ResourceStrategy {
    func prepareForCreate(_ object: inout JSON) {
        TimeFields.normalize(&object, [(["spec", "acquireTime"], .microseconds), (["spec", "renewTime"], .microseconds)])
    }

    func prepareForUpdate(_ object: inout JSON, old: JSON) { prepareForCreate(&object) }

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
        return causes
    }
}
