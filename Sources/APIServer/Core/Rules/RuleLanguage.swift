import Expressions

/// The language of rules: Kubernetes' functions, and the time zones that this installation knows.
public struct RuleLanguage: Sendable {
    /// Made once; the variables change with the schema.
    let base: Environment

    /// - Parameter timeZones: for rules that name one, `t.getHours("Europe/Berlin")`; without it they fail.
    public init(timeZones: (any TimeZones)? = nil) {
        var options = Environment.Options()
        options.hasExtensions = false
        options.replacesRepeatedKeys = true
        options.comparesAsKubernetes = true
        base = Environment(libraries: Library.kubernetes, options: options, timeZones: timeZones)
    }

    /// With UTC and fixed offsets alone.
    public static let plain = RuleLanguage()
}
