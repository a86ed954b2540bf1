/// A version of the Engine API, `1.41`.
struct EngineVersion: Sendable, Equatable, Comparable, CustomStringConvertible {
    let major: Int
    let minor: Int

    /// Engine 20.10, Debian 12's.
    static let oldest = EngineVersion(major: 1, minor: 41)
    /// Engine 28.3. What we read and write is the same in all versions between; a newer engine is spoken to in this one.
    static let newest = EngineVersion(major: 1, minor: 51)

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0 else { return nil }
        self.init(major: major, minor: minor)
    }

    var description: String { "\(major).\(minor)" }
    static func < (a: EngineVersion, b: EngineVersion) -> Bool { (a.major, a.minor) < (b.major, b.minor) }

    /// The version to speak with an engine whose own is `offered` (the newest it knows).
    static func negotiate(offered: EngineVersion) throws(DockerError) -> EngineVersion {
        guard offered >= oldest else {
            throw .badRequest("it speaks API \(offered), Millwright needs \(oldest) or later; update the engine to Docker 20.10 or later")
        }
        return min(offered, newest)
    }
}
