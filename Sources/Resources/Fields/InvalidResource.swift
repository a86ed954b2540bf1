import Kernel

/// A document that can't be followed: everything that is wrong with it, in the order of its fields.
public struct InvalidResource: Error, Sendable, Equatable, CustomStringConvertible {
    public let errors: [FieldError]

    public init(errors: [FieldError]) { self.errors = errors }

    /// The first few errors, one after the other.
    public var description: String {
        let shown = errors.prefix(5).map(\.description).joined(separator: "; ")
        return errors.count > 5 ? "\(shown); and \(errors.count - 5) more" : shown
    }
}
