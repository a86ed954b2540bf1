import Crypto
import Hashing

/// The hashes of a file's bytes as they come: XXH3 always, SHA-256 where it is asked for. One owner.
final class ContentHash {
    private let fast = XXH3()
    private var secure: SHA256Hasher?
    private var finished: [UInt8]?

    init(sha256: Bool) throws(DelimitedError) {
        guard sha256 else { return }
        do throws(CryptoFailure) { secure = try SHA256Hasher() } catch {
            throw DelimitedError(.limit, "its SHA-256 can't be computed: \(error); leave lineage.sha256 out, or mend OpenSSL")
        }
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        fast.update(bytes)
        secure?.update(bytes)
    }

    /// XXH3 of everything so far.
    var digest: UInt64? { fast.digest }

    /// SHA-256 of everything; nothing may follow. nil when it isn't asked for.
    func finish() -> [UInt8]? {
        if let hasher = secure.take() { finished = hasher.finish() }
        return finished
    }

    /// As reports show it: `sha256:` and 64 hexadecimal digits.
    static func text(_ digest: [UInt8]) -> String { "sha256:" + digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
