import APIServerCore
import HTTPMessages
import Kernel

/// Finds out who asks: by client certificate, static token or service account token. One for all of Millwright's ports.
public final class Authenticator: Sendable {
    private let tokens: TokenAuthenticator

    init(tokens: TokenAuthenticator) { self.tokens = tokens }

    /// - Parameter audience: of the port that is asked: a token may be for it instead of for the API server.
    /// - Returns: who asks; nil when the request carries no credentials at all.
    /// - Throws: 401 for credentials that are wrong, also beside good ones: nobody meant to be someone else.
    public func authenticate(_ request: HTTPRequest, audience: String? = nil) async throws(APIStatus) -> UserInfo? {
        if let header = request.headers["Authorization"] {
            guard let token = Self.bearer(header) else { throw .unauthorized }
            guard let user = tokens.user(of: token, orFor: audience) else { throw .unauthorized }
            return Self.authenticated(user)
        }
        guard let certificate = request.peer.certificate, !certificate.commonName.isEmpty else { return nil }
        return Self.authenticated(UserInfo(name: certificate.commonName, groups: certificate.organizations))
    }

    /// Every user who proved an identity is one of `system:authenticated`.
    static func authenticated(_ user: UserInfo) -> UserInfo {
        var user = user
        if !user.groups.contains("system:authenticated") { user.groups.append("system:authenticated") }
        return user
    }

    private static func bearer(_ header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let token = parts[1].drop { $0 == " " }
        return token.isEmpty || token.utf8.count > 16_384 ? nil : String(token)
    }
}
