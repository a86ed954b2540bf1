import Delimited
import Glibc
import Hashing

/// A file that stands under its own name already.
enum FinishedFile {
    /// Its bytes and their hash; nil when it isn't there or doesn't begin as the position says.
    static func read(_ path: String, beginning position: OutputPosition) throws(DelimitedError) -> ReaderPosition.Fingerprint? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var hash = XXH3()
        var bytes: Int64 = 0
        var isSame = position.bytes == 0
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            // Not across the position: its hash is compared there.
            let most = bytes < position.bytes ? Int(min(Int64(chunk.count), position.bytes - bytes)) : chunk.count
            let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, most) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw DelimitedError(.system, path: path, "cannot read it: \(String(cString: strerror(errno))); check the disk, then resume the run") }
            if count == 0 { break }
            chunk.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            bytes += Int64(count)
            if bytes == position.bytes { isSame = (hash.digest ?? 0) == position.hash }
        }
        return isSame && bytes >= position.bytes ? ReaderPosition.Fingerprint(bytes: bytes, hash: hash.digest ?? 0) : nil
    }
}
