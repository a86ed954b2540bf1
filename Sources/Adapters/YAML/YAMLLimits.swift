/// How much a YAML text may ask for. Beyond any of these it is refused, with the place where it went too far.
public struct YAMLLimits: Sendable {
    /// Of the text, in bytes.
    public var maximumBytes = 16 << 20
    /// Nesting, also through aliases; as deep as `JSONParser` allows.
    public var maximumDepth = 512
    /// What aliases may add up to when each is written out, in bytes of scalars plus 8 a node: an alias bomb ends here.
    public var maximumAliasExpansion = 4 << 20

    public init() {}
}
