import Glibc
import TestSupport

extension Capability {
    /// An engine of one's own can be started: as root, with dockerd installed.
    static let privateDocker = docker
        && check(
            "docker",
            geteuid() != 0
                ? "starting an engine of one's own needs root"
                : access("/usr/sbin/dockerd", X_OK) != 0 ? "no /usr/sbin/dockerd (apt-get install docker.io)" : nil)
}
