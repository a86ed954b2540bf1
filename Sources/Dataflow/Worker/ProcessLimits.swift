import Confinement
import Glibc
import Kernel
import PipelineJobs
import Platform

/// Puts this process under the bounds of its job, before it opens anything.
enum ProcessLimits {
    /// - Returns: what is in force, for people.
    static func apply(_ limits: WorkerJob.Limits) throws(SystemError) -> [String] {
        var inForce: [String] = []
        // A core file would hold the rows.
        try set(RLIMIT_CORE, 0, "core files")
        if let group = limits.group { inForce.append("memory at most \(Bytes(group)) (a cgroup of its own)") }
        if let memory = limits.memory {
            // Not the address space: the script engine reserves far more of that than it ever uses.
            try set(RLIMIT_DATA, memory, "data")
            inForce.append("data at most \(Bytes(memory))")
        } else if limits.group == nil {
            inForce.append("data unbounded; a script is ended beyond its memoryLimit")
        }
        if let processor = limits.processor {
            try set(RLIMIT_CPU, processor, "processor time")
            inForce.append("processor time at most \(Duration.seconds(processor).manifest)")
        }
        if let files = limits.openFiles {
            try set(RLIMIT_NOFILE, files, "open files")
            inForce.append("at most \(files) open files")
        }
        if let size = limits.fileSize {
            try set(RLIMIT_FSIZE, size, "file size")
            inForce.append("files at most \(Bytes(size))")
        }
        if let user = limits.user, geteuid() == 0 {
            // For root these set the real, the effective and the saved one: there is no way back.
            guard setgroups(0, nil) == 0, setgid(user.gid) == 0, setuid(user.uid) == 0 else {
                throw .last("become user \(user.uid)")
            }
            inForce.append("user \(user.uid), group \(user.gid)")
        } else if let places = limits.places, geteuid() == 0 {
            try Confinement.keep(to: places)
            inForce.append("user 0 (root), whose files they are; changes files below \(places.joined(separator: " and ")) only, starts no program")
        } else {
            inForce.append(geteuid() == 0 ? "user 0 (root), who gave the command" : "user \(geteuid())")
        }
        return inForce
    }

    private static func set(_ resource: __rlimit_resource, _ value: Int64, _ name: String) throws(SystemError) {
        var limit = rlimit()
        let number = __rlimit_resource_t(resource.rawValue)
        guard getrlimit(number, &limit) == 0 else { throw .last("read the bound of \(name)") }
        // What is narrower already stays.
        limit.rlim_cur = min(rlim_t(max(value, 0)), limit.rlim_max)
        limit.rlim_max = limit.rlim_cur
        guard setrlimit(number, &limit) == 0 else { throw .last("set the bound of \(name)") }
    }
}
