import EnvironmentPlan
import Glibc
import Resources

/// Looks at a host path on this machine before the engine mounts it: what it really is once symbolic links are followed.
enum HostPathCheck {
    /// Why it can't be mounted, with the way out; nil when it can. Makes the directory of `DirectoryOrCreate`.
    static func problem(_ path: String, _ type: Volume.HostPathType, namespace: String, policy: EnvironmentPolicy) -> EnvironmentIssue? {
        if type == .directoryOrCreate {
            // The nearest part that exists decides where the rest is made.
            var parent = path
            while resolved(parent) == nil, let slash = parent.lastIndex(of: "/"), slash != parent.startIndex { parent = String(parent[..<slash]) }
            if let issue = forbidden(resolved(parent).map { $0 + path.dropFirst(parent.count) }, path, namespace, policy) { return issue }
            if let issue = make(path) { return issue }
        }
        guard let real = resolved(path) else {
            return EnvironmentIssue(
                .engineRefused, "host path \(path) doesn't exist (\(String(cString: strerror(errno)))); make it, or set type: DirectoryOrCreate")
        }
        if let issue = forbidden(real, path, namespace, policy) { return issue }
        var status = stat()
        guard stat(real, &status) == 0 else {
            return EnvironmentIssue(.engineRefused, "host path \(path) can't be looked at: \(String(cString: strerror(errno)))")
        }
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        switch type {
        case .directory where !isDirectory, .directoryOrCreate where !isDirectory:
            return EnvironmentIssue(.engineRefused, "host path \(path) is no directory; correct hostPath.path or its type")
        case .file where status.st_mode & S_IFMT != S_IFREG:
            return EnvironmentIssue(.engineRefused, "host path \(path) is no regular file; correct hostPath.path or its type")
        case .any, .directory, .directoryOrCreate, .file: return nil
        }
    }

    private static func forbidden(_ real: String?, _ path: String, _ namespace: String, _ policy: EnvironmentPolicy) -> EnvironmentIssue? {
        guard let real, !policy.allowsHostPath(real, namespace: namespace) else { return nil }
        return EnvironmentIssue(
            .forbidden,
            "host path \(path) leads to \(real), which namespace \(namespace) may not use; correct it, or start Millwright with --allow-host-path \(namespace)=\(real)")
    }

    private static func resolved(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(cString: pointer)
    }

    private static func make(_ path: String) -> EnvironmentIssue? {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o755) != 0, errno != EEXIST {
                return EnvironmentIssue(.engineRefused, "host path \(path) can't be made: \(made): \(String(cString: strerror(errno)))")
            }
        }
        return nil
    }
}
