/// What a request's head says about its body and about the connection.
public struct HTTPRequestFraming: Sendable, Equatable {
    public enum Body: Sendable, Equatable {
        case none
        case length(Int)
        case chunked
    }

    public var body: Body
    /// Whether the client wants to use the connection again.
    public var keepsAlive: Bool
    /// The client waits for `100 Continue` before it sends the body.
    public var expectsContinue: Bool
    /// HTTP/1.0: understands neither chunks nor interim answers.
    public var isVersion10: Bool

    public init(body: Body, keepsAlive: Bool, expectsContinue: Bool, isVersion10: Bool) {
        self.body = body
        self.keepsAlive = keepsAlive
        self.expectsContinue = expectsContinue
        self.isVersion10 = isVersion10
    }
}
