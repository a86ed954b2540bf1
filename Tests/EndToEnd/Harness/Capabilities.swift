import TestSupport

extension Capability {
    /// What every end-to-end test needs.
    static let allThere = [
        check("docker", engineAnswers ? nil : "no Docker engine answers on /var/run/docker.sock; hack/setup brings one"), postgres, !kubectls.isEmpty,
    ].allSatisfy { $0 }

    private static var engineAnswers: Bool {
        (try? Shell.run("/usr/bin/curl", ["-fsS", "-m", "5", "--unix-socket", "/var/run/docker.sock", "http://docker/_ping"]).status) == 0
    }
}
