import Kernel

/// Where random rules are answered otherwise here than by Kubernetes, each with the reason.
enum KnownRuleDifferences {
    /// - Returns: the reason; nil for a difference that nothing explains.
    static func reason(_ rules: JSON, _ ours: JSON, _ theirs: JSON) -> String? {
        let theirs = theirs.text
        if theirs.contains("internal error: interface conversion") || theirs.contains("internal error: runtime error") {
            return "Kubernetes' evaluator runs into an error of its own where a list's elements fail"
        }
        // A sum of quantities is another Go type than a quantity that was read, and only the left side's equality knows both. `==` answers as
        // there; in lists, and for `in`, a sum is an amount here.
        if theirs.contains("'no such overload'"), theirs.contains("quantity("), theirs.contains(".sub(") || theirs.contains(".add("),
            ["==", "!=", " in "].contains(where: theirs.contains)
        {
            return "Kubernetes compares no quantity with a sum or difference of quantities that stands on the right"
        }
        if theirs.contains("kubernetes.authorization.") {
            return "Kubernetes' messages about a name that is a function of its authorizer, which isn't offered here, tell of that function"
        }
        return nil
    }
}
