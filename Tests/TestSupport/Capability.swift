import Glibc
import Platform

/// What tests need of the machine. Missing, they are skipped with the reason printed; listed in MILLWRIGHT_REQUIRE, they fail.
public enum Capability {
    /// Those that must be there.
    public static let required = Set((Environ["MILLWRIGHT_REQUIRE"] ?? "").split(separator: ",").map(String.init))

    /// A Docker engine at the standard socket, and a busybox to make an image of.
    public static let docker = check(
        "docker",
        access("/var/run/docker.sock", F_OK) != 0
            ? "no Docker engine listens on /var/run/docker.sock (apt-get install docker.io, then start dockerd)"
            : access("/bin/busybox", R_OK) != 0 ? "no /bin/busybox (apt-get install busybox-static)" : nil)

    /// The PostgreSQL server's programs.
    public static let postgres = check(
        "postgres", access("/usr/lib/postgresql", R_OK) == 0 || Programs.has("initdb") ? nil : "no PostgreSQL server programs (apt-get install postgresql)")

    /// For tests of becoming another user.
    public static let root = check("root", geteuid() == 0 ? nil : "not root: another user can't be become")

    /// The kubectl programs to try: `KUBECTLS` (a list with `:`), else the one on the path.
    public static let kubectls: [String] = {
        let named = (Environ["KUBECTLS"] ?? "").split(separator: ":").map(String.init).filter { access($0, X_OK) == 0 }
        if !named.isEmpty { return named }
        if let found = Programs.path(of: "kubectl") { return [found] }
        return check("kubectl", "no kubectl on the path (apt-get install kubernetes-client)") ? ["/usr/bin/kubectl"] : []
    }()

    /// Whether tests that need something may run; what is missing is said once.
    ///
    /// - Parameter missing: nil when it is there. Where it is required, the tests run all the same, and fail by themselves.
    public static func check(_ name: String, _ missing: String?) -> Bool {
        guard let missing, !required.contains(name) else { return true }
        print("SKIP \(name): \(missing)")
        return false
    }
}
