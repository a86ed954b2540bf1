/// What expressions may cost and how large they may be, as Kubernetes sets it.
public enum Limits {
    /// What one evaluation may cost at run time.
    public static let perCall: UInt64 = 1_000_000
    /// What all evaluations for one object may cost together at run time.
    public static let perObject: UInt64 = 10_000_000
    /// How much work a unit of cost allows for, about in nanoseconds. An ordinary one takes 10 to 100; the limit that follows, a second for
    /// a call, ends only what would keep a server busy.
    public static let workPerCost: UInt64 = 1_000
    /// What the static estimate of one rule may be.
    public static let estimatePerRule: UInt64 = 10_000_000
    /// What the static estimates of a CustomResourceDefinition's rules may be together.
    public static let estimatePerDefinition: UInt64 = 100_000_000
    /// How long an expression may be, in code points.
    public static let codePoints = 100_000
    /// How deep an expression may be nested.
    public static let nesting = 250

    /// Walking over a text costs this much a character.
    public static let traversalFactor = 0.1
    /// A regular expression costs this much a character of its pattern, times the walk over the text.
    public static let regularExpressionFactor = 0.25
    public static let listCreation: UInt64 = 10
    public static let mapCreation: UInt64 = 30
    public static let objectCreation: UInt64 = 40
}
