/// Why a selector can't be read; the message is Kubernetes' own and goes into a 400 reply.
public struct SelectorError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String

    public init(_ message: String) { self.message = message }
    public var description: String { message }
}
