import Kernel

/// What `/version` says. Clients read `gitVersion` as semantic versioning, and warn when its minor is far from their own.
public struct VersionDocument: Sendable {
    /// The Kubernetes API that is spoken.
    public static let major = "1"
    public static let minor = "32"

    /// - Parameters:
    ///   - millwright: its own version, `0.1.0`.
    ///   - platform: `linux/amd64`.
    public static func json(millwright: String, commit: String, buildDate: String, platform: String) -> JSON {
        [
            "major": .string(major), "minor": .string(minor), "gitVersion": .string("v\(major).\(minor).0+millwright-\(millwright)"),
            "gitCommit": .string(commit), "gitTreeState": "clean", "buildDate": .string(buildDate), "goVersion": "", "compiler": "swift",
            "platform": .string(platform),
        ]
    }
}
