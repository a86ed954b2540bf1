import Foundation
import Testing

/// What these tests need of the machine. Missing, they are skipped with the reason printed; listed in MILLWRIGHT_REQUIRE, they fail.
enum Capability: String, CaseIterable {
    case docker, postgres, kubectl

    var isThere: Bool {
        switch self {
        case .docker:
            (try? Shell.run("/usr/bin/curl", ["-fsS", "-m", "5", "--unix-socket", "/var/run/docker.sock", "http://docker/_ping"]).status) == 0
        case .postgres:
            !((try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []).isEmpty
        case .kubectl: Kubectl.paths.isEmpty == false
        }
    }

    static let required = Set((ProcessInfo.processInfo.environment["MILLWRIGHT_REQUIRE"] ?? "").split(separator: ",").map(String.init))

    /// Whether a suite that needs these may run. A required one that is missing counts as there, so that the tests fail.
    static let allThere: Bool = {
        let missing = allCases.filter { !$0.isThere }
        for capability in missing where !required.contains(capability.rawValue) {
            print("skipped: the end-to-end tests need \(capability.rawValue), which this machine does not offer; hack/setup brings it")
        }
        return missing.allSatisfy { required.contains($0.rawValue) }
    }()
}

/// The kubectls to test with, from KUBECTLS (a PATH-like list) or the PATH.
enum Kubectl {
    static let paths: [String] = {
        let listed = (ProcessInfo.processInfo.environment["KUBECTLS"] ?? "").split(separator: ":").map(String.init)
        let candidates = listed.isEmpty ? ["/usr/bin/kubectl", "/usr/local/bin/kubectl"] : listed
        return candidates.filter { FileManager.default.isExecutableFile(atPath: $0) }
    }()
}
