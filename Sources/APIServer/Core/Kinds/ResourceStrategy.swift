import Kernel

/// What is particular about writing objects of one resource: the part of a kind that isn't data.
///
/// Pure. Called after decoding and defaulting by schema, in the order prepare, validate. Objects are in the version that the request names.
public protocol ResourceStrategy: Sendable {
    /// Sets and clears what a client has no say in when an object is made: status, defaults that depend on other fields.
    func prepareForCreate(_ object: inout JSON)
    /// The same on an update of the object itself (PUT, PATCH, apply); `old` is what is stored.
    func prepareForUpdate(_ object: inout JSON, old: JSON)
    /// The rules for a new object, beyond its schema and metadata.
    func validateCreate(_ object: JSON) -> [StatusCause]
    /// The rules for a change, beyond its schema and metadata; includes those for a new object where they still apply.
    func validateUpdate(_ object: JSON, old: JSON) -> [StatusCause]
    /// Texts for `Warning: 299` headers.
    func warnings(_ object: JSON) -> [String]
}

extension ResourceStrategy {
    public func prepareForCreate(_ object: inout JSON) {}
    public func prepareForUpdate(_ object: inout JSON, old: JSON) {}
    public func validateCreate(_ object: JSON) -> [StatusCause] { [] }
    public func validateUpdate(_ object: JSON, old: JSON) -> [StatusCause] { validateCreate(object) }
    public func warnings(_ object: JSON) -> [String] { [] }
}

/// A kind without rules of its own.
public struct PlainStrategy: ResourceStrategy {
    public init() {}
}
