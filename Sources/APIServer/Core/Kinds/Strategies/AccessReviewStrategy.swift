import Kernel

/// Access reviews: exactly one thing is asked, about someone.
struct AccessReviewStrategy: ResourceStrategy {
    let isSelf: Bool

    func validateCreate(_ object: JSON) -> [StatusCause] {
        let spec = object["spec"]
        let hasResource = spec?["resourceAttributes"].map { !$0.isNull } ?? false
        let hasPath = spec?["nonResourceAttributes"].map { !$0.isNull } ?? false
        var causes: [StatusCause] = []
        if hasResource && hasPath {
            causes.append(
                .invalid("spec.nonResourceAttributes", spec?["nonResourceAttributes"] ?? .null, "cannot be specified in combination with resourceAttributes"))
        }
        if !hasResource && !hasPath {
            causes.append(.invalid("spec.resourceAttributes", .null, "exactly one of nonResourceAttributes or resourceAttributes must be specified"))
        }
        if !isSelf, (spec?["user"]?.string ?? "").isEmpty, (spec?["groups"]?.array ?? []).isEmpty {
            causes.append(.invalid("spec.user", "", "at least one of user or group must be specified"))
        }
        return causes
    }
}
