import Glibc
import Platform

/// A fresh directory under /tmp that another user, as a database server's, may pass through.
public final class TemporaryDirectory: Sendable {
    public let path: String

    /// - Parameter name: what stands before the random part, so that a leftover says whose it is.
    public init(_ name: String = "mw-test") throws {
        var template = Array("/tmp/\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError.last("make a temporary directory") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(path, 0o711)
    }

    /// Removes it with all that is in it.
    public func remove() {
        do { try Programs.run(["/bin/rm", "-rf", path]) } catch { print("\(path) is left behind: \(error)") }
    }
}
