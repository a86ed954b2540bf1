import CXXHash

/// XXH3, 64 bits, of bytes that come in pieces: what tells one input or output from another in a run's lineage.
///
/// Fast (tens of gigabytes a second) and not cryptographic: it finds accidents, not attacks. One owner; not for several threads.
public final class XXH3 {
    // nil only when there was no memory for it: then `digest` is nil too.
    private let state: UnsafeMutableRawPointer?

    public init() {
        state = mw_xxh3_create()
        if let state { _ = mw_xxh3_reset(state) }
    }

    deinit { if let state { mw_xxh3_free(state) } }

    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard let state, let start = bytes.baseAddress, bytes.count > 0 else { return }
        // Fails only for null pointers.
        _ = mw_xxh3_update(state, start, bytes.count)
    }

    /// Of everything so far; more may follow.
    public var digest: UInt64? { state.map { mw_xxh3_digest($0) } }

    /// The digest as reports show it: `xxh3:` and sixteen hexadecimal digits.
    public static func text(_ digest: UInt64) -> String {
        let digits = String(digest, radix: 16)
        return "xxh3:" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
