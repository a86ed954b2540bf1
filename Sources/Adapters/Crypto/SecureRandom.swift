import COpenSSL

/// Randomness that nobody can guess: keys, nonces, passwords, names that must not collide.
public enum SecureRandom {
    /// - Returns: nil when the system has no randomness to give, which only a broken machine does.
    public static func bytes(_ count: Int) -> [UInt8]? {
        guard let length = Int32(exactly: count), count > 0 else { return count == 0 ? [] : nil }
        var bytes = [UInt8](repeating: 0, count: count)
        return RAND_bytes(&bytes, length) == 1 ? bytes : nil
    }
}
