import COpenSSL

/// Why a cryptographic operation failed; never says anything of a key or of data.
public struct CryptoFailure: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }

    /// With OpenSSL's own reason, which is taken off its queue.
    static func openSSL(_ what: String) -> CryptoFailure {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else { return CryptoFailure(what) }
        return CryptoFailure("\(what) (OpenSSL: \(String(cString: reason)))")
    }
}
