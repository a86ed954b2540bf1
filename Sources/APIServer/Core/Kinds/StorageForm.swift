import Kernel

/// How objects of a version are stored: under which resource, and in which shape.
///
/// Two versions or groups may share one storage (Events, the versions of a CustomResourceDefinition).
public struct StorageForm: Sendable {
    /// The resource in the store's key: `configmaps`, `environments.millwright.dev`.
    public let resource: String
    private let encode: (@Sendable (JSON) -> JSON)?
    private let decode: (@Sendable (JSON) -> JSON)?

    /// Stored as it is served.
    public init(resource: String) {
        self.resource = resource
        encode = nil
        decode = nil
    }

    /// - Parameters:
    ///   - encode: from the served shape to the stored one, apiVersion and kind included.
    ///   - decode: back.
    public init(resource: String, encode: @escaping @Sendable (JSON) -> JSON, decode: @escaping @Sendable (JSON) -> JSON) {
        self.resource = resource
        self.encode = encode
        self.decode = decode
    }

    /// Stored bytes can be sent as they are.
    public var isIdentity: Bool { decode == nil }
    public func stored(_ served: JSON) -> JSON { encode?(served) ?? served }
    public func served(_ stored: JSON) -> JSON { decode?(stored) ?? stored }
}
