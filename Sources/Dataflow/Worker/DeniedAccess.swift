import Glibc
import PipelineJobs
import Platform
import RowSteps

extension PipelineProblem {
    /// Where a file is refused to this process: who it is, why, and what lets it in. The user may have started Millwright as root, and wonder.
    func namingUser(_ job: WorkerJob) -> PipelineProblem {
        let denials = [EACCES, EPERM].map { String(cString: strerror($0)) }
        guard let user = job.limits.user, category == .input || category == .output || category == .resource, denials.contains(where: { why.contains($0) }) else { return self }
        var problem = self
        guard let file = place.file, file.hasPrefix("/") else {
            // A database's socket, or a library.
            problem.fix += ". The worker runs as user \(user.uid), who must be let in there"
            return problem
        }
        // What isn't there yet can't be given to anybody: the nearest directory that is.
        var parts = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        while parts.count > 2, !Files.exists(parts.joined(separator: "/")) { parts = parts.dropLast() }
        let directory = parts.joined(separator: "/")
        problem.fix = switch category {
        case .input: "The worker runs as user \(user.uid), who must be able to read the file and to enter its directories: chmod a+r \(file), or chown \(user.uid) \(file)"
        default: "The worker runs as user \(user.uid), who must be able to write to directory \(directory): chown \(user.uid):\(user.gid) \(directory)"
        }
        problem.fix += job.allowedPrefixes != nil
            ? ". It becomes the owner of \(job.baseDirectory), and where that is root, the user of --pipeline-user"
            : ". It becomes who called sudo, else the owner of \(job.baseDirectory); --pipeline-user names another"
        // It doesn't pass by itself.
        problem.isTransient = false
        return problem
    }
}
