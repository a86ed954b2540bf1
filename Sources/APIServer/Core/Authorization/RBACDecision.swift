/// Whether a request is allowed, and by which binding.
public struct RBACDecision: Sendable, Equatable {
    public let isAllowed: Bool
    /// `RBAC: allowed by ClusterRoleBinding "x" of ClusterRole "y" to User "u"`; empty when nothing allows it.
    public let reason: String

    public init(isAllowed: Bool, reason: String) {
        self.isAllowed = isAllowed
        self.reason = reason
    }
}
