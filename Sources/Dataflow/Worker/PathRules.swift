import Delimited
import FileConnectors
import Glibc
import Platform
import RowSteps

/// Where a run may read and write: below its base directory, or wherever the installation allows it; symbolic links are followed first.
struct PathRules: Sendable {
    let base: String
    /// nil: anywhere, as whoever runs the command may.
    let prefixes: [String]?

    func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(base)/\(path)" }

    /// The files that a path or a glob means, each checked.
    func inputs(_ path: String, standardInput: String) throws(PipelineProblem) -> [String] {
        if path == "-" {
            guard prefixes == nil else { throw Self.refused(path, "standard input is only for 'millwright pipeline run'", fix: "Give the path of a file") }
            return [standardInput]
        }
        let paths: [String]
        do throws(DelimitedError) { paths = try InputPaths.expand(absolute(path)) } catch { throw PipelineProblem(input: error) }
        for path in paths { try check(path) }
        return paths
    }

    /// Where a file to write is, checked; nothing is made.
    func place(_ path: String) throws(PipelineProblem) -> String {
        let whole = absolute(path)
        try check(Self.directory(of: whole))
        return whole
    }

    private static func directory(of whole: String) -> String {
        let directory = whole.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return directory.isEmpty ? "/" : directory
    }

    /// The one name of a file among all that lead to it, whether it is there or not.
    static func real(_ path: String) -> String {
        if let real = Files.resolved(path) { return real }
        let directory = directory(of: path)
        return "\(Files.resolved(directory) ?? directory)/\(path.split(separator: "/").last ?? "")"
    }

    /// A file to write; its directory is made.
    func output(_ path: String) throws(PipelineProblem) -> String {
        if path == "-" {
            guard prefixes == nil else { throw Self.refused(path, "standard output is only for 'millwright pipeline run'", fix: "Give the path of a file") }
            return StandardStreams.output
        }
        let whole = try place(path)
        let directory = Self.directory(of: whole)
        do throws(SystemError) { try Files.makeDirectory(directory, mode: 0o755) } catch {
            throw PipelineProblem(.fatal, .output, what: "an output's directory can't be made", at: .init(file: whole), why: "\(error)", fix: "Make it, and let the run's user write to it", isTransient: true)
        }
        // What was there before, as a link, counts as well.
        try check(directory)
        guard !Files.isDirectory(whole) else { throw PipelineProblem(.fatal, .configuration, what: "an output is a directory", at: .init(file: whole), why: "there is a directory of that name", fix: "Give the output a file's path") }
        var info = stat()
        guard stat(whole, &info) != 0 || info.st_mode & S_IFMT == S_IFREG else {
            throw PipelineProblem(
                .fatal, .configuration, what: "an output is no file", at: .init(file: whole), why: "it is a device, a pipe or a socket, which can't appear whole and at once",
                fix: "Give the output a file's path")
        }
        return whole
    }

    private func check(_ path: String) throws(PipelineProblem) {
        guard let prefixes else { return }
        // The nearest part that is there, links resolved, and the rest behind it.
        var existing = path
        var rest: [Substring] = []
        while !Files.exists(existing), let slash = existing.lastIndex(of: "/"), existing != "/" {
            rest.insert(existing[existing.index(after: slash)...], at: 0)
            existing = slash == existing.startIndex ? "/" : String(existing[..<slash])
        }
        guard let real = Files.resolved(existing), !rest.contains("..") else { throw Self.refused(path, "it can't be resolved") }
        let whole = ([real == "/" ? "" : real] + rest.map(String.init)).joined(separator: "/")
        for prefix in prefixes {
            let allowed = Files.resolved(prefix) ?? prefix
            if whole == allowed || whole.hasPrefix(allowed == "/" ? "/" : allowed + "/") { return }
        }
        throw Self.refused(path, real == existing ? "it is outside \(prefixes.joined(separator: " and "))" : "it leads to \(whole), outside \(prefixes.joined(separator: " and "))")
    }

    private static func refused(
        _ path: String, _ why: String, fix: String = "Use a path below the namespace's directory of --pipeline-root, or start Millwright with --allow-host-path NAMESPACE=PREFIX"
    ) -> PipelineProblem {
        PipelineProblem(
            .fatal, .configuration, what: "a path is refused", at: .init(file: path), why: why, fix: fix)
    }
}
