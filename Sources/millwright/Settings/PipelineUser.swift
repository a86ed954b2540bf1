import DataPipelineEffects
import Glibc

/// `--pipeline-user`: whom the workers of pipelines become where nothing else says so.
struct PipelineUser: Sendable {
    let uid: UInt32
    let gid: UInt32

    /// - Parameter flag: `USER` or `USER:GROUP`, names or numbers; nil: nobody.
    init(_ flag: String?) throws {
        guard let flag else {
            (uid, gid) = PipelinePlaces.nobody
            return
        }
        let parts = flag.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let name = parts.first, !name.isEmpty, parts.last?.isEmpty == false else {
            throw CommandFailure(ExitStatus.usage, "--pipeline-user: '\(flag)' is not USER or USER:GROUP")
        }
        let entry = getpwnam(name).map { (uid: $0.pointee.pw_uid, gid: $0.pointee.pw_gid) }
        guard let user = entry?.uid ?? UInt32(name) else {
            throw CommandFailure(ExitStatus.usage, "--pipeline-user: there is no user '\(name)' on this machine; make one (useradd --system \(name)), or give a number")
        }
        let group: UInt32?
        if parts.count == 2 { group = getgrnam(parts[1])?.pointee.gr_gid ?? UInt32(parts[1]) } else { group = entry?.gid ?? getpwuid(user)?.pointee.pw_gid ?? user }
        guard let group else { throw CommandFailure(ExitStatus.usage, "--pipeline-user: there is no group '\(parts.last ?? "")' on this machine; make one, or give a number") }
        guard user != 0, group != 0, user != UInt32.max, group != UInt32.max else {
            throw CommandFailure(ExitStatus.usage, "--pipeline-user: '\(flag)' is root, whom a worker must never be: it runs the scripts of pipelines")
        }
        (uid, gid) = (user, group)
    }
}
