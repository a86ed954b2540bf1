import Kernel

/// JSON Web Tokens in the compact form, signed with ES256 (RFC 7515, 7518, 7519): service account tokens.
public enum JSONWebToken {
    /// Why a token isn't believed. Never quotes the token.
    public enum Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        /// Not three parts of base64url with JSON objects in the first two.
        case malformed
        /// Another algorithm than ES256; `none` is one of them.
        case algorithm
        /// Signed by none of the keys, or changed.
        case signature
        case expired
        case notYetValid

        public var description: String {
            switch self {
            case .malformed: "the token is not a JSON Web Token"
            case .algorithm: "the token is not signed with ES256"
            case .signature: "the token is not signed by a key of this server"
            case .expired: "the token has expired"
            case .notYetValid: "the token is not valid yet"
            }
        }
    }

    /// Larger ones are refused unread.
    public static let maximumBytes = 16 << 10

    /// The claims are written as they are; `iat`, `nbf` and `exp` are the caller's, in seconds.
    public static func sign(_ claims: JSONObject, with key: SigningKey) throws(CryptoFailure) -> String {
        let header: JSON = .object(JSONObject([("alg", "ES256"), ("kid", .string(try key.verifyingKey.id)), ("typ", "JWT")]))
        let signed = Base64URL.encode(header.bytes) + "." + Base64URL.encode(JSON.object(claims).bytes)
        return signed + "." + Base64URL.encode(try key.sign(Array(signed.utf8)))
    }

    /// The claims of a token that one of the keys signed and that is valid at that time. Issuer, audience and subject are the caller's to check.
    public static func verify(_ token: String, keys: [VerifyingKey], now: Timestamp) throws(Refusal) -> JSONObject {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= maximumBytes, parts.count == 3, let header = object(parts[0]), let signature = Base64URL.decode(parts[2]) else { throw .malformed }
        guard header["alg"]?.string == "ES256", header["crit"] == nil else { throw .algorithm }
        let named = header["kid"]?.string
        let message = Array((parts[0] + "." + parts[1]).utf8)
        guard keys.contains(where: { (named == nil || named == $0.id) && $0.isValid(signature, for: message) }) else { throw .signature }
        guard let claims = object(parts[1]) else { throw .malformed }
        if let expiry = claims["exp"] {
            guard let seconds = expiry.double else { throw .malformed }
            if Double(now.seconds) >= seconds { throw .expired }
        }
        if let start = claims["nbf"] {
            guard let seconds = start.double else { throw .malformed }
            if Double(now.seconds) < seconds { throw .notYetValid }
        }
        return claims
    }

    private static func object(_ part: Substring) -> JSONObject? {
        guard let bytes = Base64URL.decode(part) else { return nil }
        do { return try JSONParser.parse(bytes).object } catch { return nil }
    }
}
