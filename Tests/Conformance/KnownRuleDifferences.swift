import Kernel

/// Where random rules are answered otherwise here than by Kubernetes, each with the reason.
enum KnownRuleDifferences {
    /// - Returns: the reason; nil for a difference that nothing explains.
    static func reason(_ rules: JSON, _ ours: JSON, _ theirs: JSON) -> String? {
        let (ours, theirs) = (ours.text, theirs.text)
        if theirs.contains("internal error: interface conversion") || theirs.contains("internal error: runtime error") {
            return "Kubernetes' evaluator runs into an error of its own where a list's elements fail"
        }
        func typeless(_ text: String) -> String { text.replacing("type(dyn)", with: "type") }
        if typeless(ours) == typeless(theirs) { return "the type of a dynamic value is called type(dyn) in Kubernetes' messages, type here" }
        return nil
    }
}
