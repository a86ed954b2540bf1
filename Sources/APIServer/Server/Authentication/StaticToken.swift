import APIServerCore

/// A bearer token that is known by its hash alone, and whom it stands for.
public struct StaticToken: Sendable {
    /// SHA-256 of the token.
    public let hash: [UInt8]
    public let user: UserInfo

    public init(hash: [UInt8], user: UserInfo) {
        self.hash = hash
        self.user = user
    }
}
