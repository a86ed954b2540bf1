import APIServerCore
import Crypto
import Kernel
import Platform
import Store

/// Knows bearer tokens: static ones by their hashes, service account tokens by their signature, time, audience and living objects.
final class TokenAuthenticator: Sendable {
    let issuer: String
    let audiences: [String]
    private let statics: [StaticToken]
    private let key: SigningKey?
    private let verifying: [VerifyingKey]
    private let store: any ObjectStore
    private let clocks: any Clocks
    /// Tokens whose signature was found good, by their hash: checking it again at each request would cost more than the request.
    private let verified = Locked<[[UInt8]: ServiceAccountToken]>([:])
    private static let maximumVerified = 1000

    init(store: any ObjectStore, configuration: APIServerConfiguration, clocks: any Clocks) throws {
        self.store = store
        self.clocks = clocks
        issuer = configuration.issuer
        audiences = configuration.audiences
        statics = configuration.staticTokens
        key = try configuration.serviceAccountKey.map { try SigningKey(pem: $0) }
        verifying = try key.map { [try $0.verifyingKey] } ?? []
    }

    var canSign: Bool { key != nil }

    struct Found: Sendable {
        let user: UserInfo
        /// Those of the audiences asked for that the token is for.
        let audiences: [String]
    }

    /// Whom a request's token stands for; nil when it is unknown, expired or for someone else.
    ///
    /// - Parameter other: an audience that will do beside this server's own.
    func user(of token: String, orFor other: String? = nil) -> UserInfo? {
        guard case .success(let found) = review(token, audiences: audiences + (other.map { [$0] } ?? [])) else { return nil }
        return found.user
    }

    /// Why a token stands for nobody.
    struct Refusal: Error {
        /// For whoever may review tokens.
        let reason: String
    }

    private static let invalid = Refusal(reason: "invalid bearer token")

    /// - Parameter wanted: empty for this server's own.
    func review(_ token: String, audiences wanted: [String]) -> Result<Found, Refusal> {
        guard let hash = digest(token) else { return .failure(Self.invalid) }
        let asked = wanted.isEmpty ? audiences : wanted
        for known in statics where ConstantTime.equal(known.hash, hash) {
            // A static token is for this server alone.
            let common = asked.filter(audiences.contains)
            return common.isEmpty ? .failure(Self.invalid) : .success(Found(user: known.user, audiences: common))
        }
        guard let claims = claims(token, hash) else { return .failure(Self.invalid) }
        let common = asked.filter(claims.audiences.contains)
        guard !common.isEmpty else {
            func list(_ audiences: [String]) -> String { "[\(audiences.map(GoQuote.quote).joined(separator: " "))]" }
            return .failure(Refusal(reason: "[\(Self.invalid.reason), token audiences \(list(claims.audiences)) is invalid for the target audiences \(list(asked))]"))
        }
        return isAlive(claims) ? .success(Found(user: claims.user, audiences: common)) : .failure(Self.invalid)
    }

    private func digest(_ token: String) -> [UInt8]? {
        do throws(CryptoFailure) { return try SHA256Hasher.digest(Array(token.utf8)) } catch { return nil }
    }

    private func claims(_ token: String, _ hash: [UInt8]) -> ServiceAccountToken? {
        let now = clocks.now
        if let known = verified.withLock({ $0[hash] }) { return known.expires > now.seconds ? known : nil }
        let claims: JSONObject
        do throws(JSONWebToken.Refusal) { claims = try JSONWebToken.verify(token, keys: verifying, now: now) } catch { return nil }
        guard let read = ServiceAccountToken(claims: .object(claims)), read.issuer == issuer, read.expires > now.seconds else { return nil }
        verified.withLock { verified in
            if verified.count >= Self.maximumVerified { verified.removeAll() }
            verified[hash] = read
        }
        return read
    }

    /// Whether the account, and what the token is bound to, are still those it was made for.
    private func isAlive(_ token: ServiceAccountToken) -> Bool {
        guard uid("serviceaccounts", token.account.namespace, token.account.name) == token.accountUID else { return false }
        guard let bound = token.bound else { return true }
        return uid("secrets", token.account.namespace, bound.name) == bound.uid
    }

    private func uid(_ resource: String, _ namespace: String, _ name: String) -> String? {
        guard let object = store.get(StoreKey(resource: resource, namespace: namespace, name: name)),
            case .success(let json) = Result(catching: { () throws(JSONError) in try object.json() })
        else { return nil }
        return json["metadata"]?["uid"]?.string
    }

    func issue(_ token: ServiceAccountToken) throws(APIStatus) -> String {
        guard let key else { throw .internalError("this server has no key to sign service account tokens with") }
        do throws(CryptoFailure) {
            return try JSONWebToken.sign(token.claims.object ?? JSONObject(), with: key)
        } catch {
            throw .internalError("signing the token failed: \(error)")
        }
    }
}
