import DataPipelinePlan
import Glibc
import Kernel

/// The files that a watched path matches now.
enum WatchedFiles {
    /// More of them at once wait for the next look.
    private static let most = 10_000

    /// Regular files only, sorted by path. Files whose name begins with a dot are left out, as a shell does.
    static func matching(_ pattern: String) -> [ObservedPipeline.File] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, GLOB_NOSORT, nil, &result) == 0 else { return [] }
        var files: [ObservedPipeline.File] = []
        for index in 0..<min(Int(result.gl_pathc), most) {
            var info = stat()
            guard let path = result.gl_pathv[index].map({ String(cString: $0) }), stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { continue }
            files.append(.init(path: path, bytes: Int64(info.st_size), modified: Timestamp(seconds: Int64(info.st_mtim.tv_sec), nanoseconds: Int32(info.st_mtim.tv_nsec))))
        }
        return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
}
