import Kernel

/// TokenReview: a token is given.
struct TokenReviewStrategy: ResourceStrategy {
    func validateCreate(_ object: JSON) -> [StatusCause] {
        (object["spec"]?["token"]?.string ?? "").isEmpty ? [.required("spec.token", "give the bearer token to look at")] : []
    }
}
