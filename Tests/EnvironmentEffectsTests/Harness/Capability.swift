import Foundation
import Glibc
import Testing

/// What these tests need of the machine. Missing, they are skipped with the reason printed; listed in MILLWRIGHT_REQUIRE, they fail.
enum Capability {
    private static let required = Set(
        (ProcessInfo.processInfo.environment["MILLWRIGHT_REQUIRE"] ?? "").split(separator: ",").map(String.init))

    /// A Docker engine at the standard socket, and a busybox to make an image of.
    static let docker: Bool = check(
        "docker",
        !FileManager.default.fileExists(atPath: "/var/run/docker.sock")
            ? "no Docker engine listens on /var/run/docker.sock (apt-get install docker.io, then start dockerd)"
            : !FileManager.default.isReadableFile(atPath: "/bin/busybox") ? "no /bin/busybox (apt-get install busybox-static)" : nil)

    private static func check(_ name: String, _ missing: String?) -> Bool {
        guard let missing else { return true }
        if required.contains(name) { return true }  // runs, and fails by itself
        print("SKIP \(name): \(missing)")
        return false
    }
}
