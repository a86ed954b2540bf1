import DataPipelinePlan
import Glibc
import Kernel
import Platform

/// The files that a watched path matches now.
enum WatchedFiles {
    /// More of them at once wait for the next look.
    private static let most = 10_000

    /// Regular files only, sorted by path. Files whose name begins with a dot are left out, as a shell does.
    ///
    /// - Throws: when a directory that may hold some can't be read.
    static func matching(_ pattern: String) throws(SystemError) -> [ObservedPipeline.File] {
        let paths = FileGlob.isPattern(pattern) && !Files.exists(pattern) ? try FileGlob.matches(pattern) : [pattern]
        var files: [ObservedPipeline.File] = []
        for path in paths.prefix(most) {
            var info = stat()
            guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { continue }
            files.append(.init(path: path, bytes: Int64(info.st_size), modified: Timestamp(seconds: Int64(info.st_mtim.tv_sec), nanoseconds: Int32(info.st_mtim.tv_nsec))))
        }
        return files
    }
}
