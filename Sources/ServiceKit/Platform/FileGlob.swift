import Glibc

/// Files by patterns, as a shell matches them: `*`, `?`, `[a-z]` within a name, and `**` for any directories, also none.
public enum FileGlob {
    /// Whether a path is more than a file's name.
    public static func isPattern(_ path: String) -> Bool { path.utf8.contains { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B } }

    /// The files and directories that match, directories with a slash behind them; sorted by their bytes, each once.
    ///
    /// Names that begin with a dot match only a pattern that begins with one. `**` doesn't go through symbolic links, so that there are no
    /// circles; elsewhere links are followed. A `**` at the end stands for all files below.
    /// - Throws: when a directory below a `**` can't be read: what is in it would be missing without a word.
    public static func matches(_ pattern: String) throws(SystemError) -> [String] {
        let parts = pattern.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        let prefix = pattern.hasPrefix("/") ? "/" : ""
        guard parts.contains("**") else { return shell(pattern) }
        var found: Set<String> = []
        var walk = Walk()
        try walk.match(prefix, parts[...], into: &found)
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// glob(3): patterns without `**`.
    private static func shell(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        // GLOB_MARK puts a slash behind directories.
        guard glob(pattern, GLOB_NOSORT | GLOB_MARK, nil, &result) == 0 else { return [] }
        var paths: [String] = []
        for index in 0..<Int(result.gl_pathc) { if let path = result.gl_pathv[index].map({ String(cString: $0) }) { paths.append(path) } }
        return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// One look at the directories.
    private struct Walk {
        /// Deeper ones are refused: nobody nests so far by intention.
        private static let mostLevels = 128

        private enum Kind { case file, directory, link }

        /// - Parameter base: empty, or a directory with a slash behind it.
        mutating func match(_ base: String, _ parts: ArraySlice<String>, level: Int = 0, into found: inout Set<String>) throws(SystemError) {
            guard let part = parts.first else { return }
            let rest = parts.dropFirst()
            guard part == "**" else { return try step(base, part, rest, level: level, into: &found) }
            guard level < Self.mostLevels else { throw SystemError(code: ELOOP, doing: "look below \(base): its directories are nested too deep") }
            if rest.first == "**" { return try match(base, rest, level: level, into: &found) }
            let entries = try Self.entries(base, isRequired: level > 0)
            if rest.isEmpty { for (name, kind) in entries where kind != .directory && !Self.isDirectory(base + name, kind) { found.insert(base + name) } }
            else { try match(base, rest, level: level, into: &found) }
            for (name, kind) in entries where kind == .directory { try match(base + name + "/", parts, level: level + 1, into: &found) }
        }

        /// A part without `**`: names of this directory.
        private mutating func step(_ base: String, _ part: String, _ rest: ArraySlice<String>, level: Int, into found: inout Set<String>) throws(SystemError) {
            if !FileGlob.isPattern(part) {
                let path = base + part
                guard Files.exists(path) else { return }
                let isDirectory = Files.isDirectory(path)
                if rest.isEmpty { found.insert(isDirectory ? path + "/" : path) } else if isDirectory { try match(path + "/", rest, level: level, into: &found) }
                return
            }
            for (name, kind) in try Self.entries(base, isRequired: level > 0, hidden: part.hasPrefix(".")) where fnmatch(part, name, FNM_PERIOD) == 0 {
                let isDirectory = Self.isDirectory(base + name, kind)
                if rest.isEmpty { found.insert(isDirectory ? base + name + "/" : base + name) } else if isDirectory { try match(base + name + "/", rest, level: level, into: &found) }
            }
        }

        private static func isDirectory(_ path: String, _ kind: Kind) -> Bool { kind == .directory || (kind == .link && Files.isDirectory(path)) }

        /// - Parameter isRequired: a directory that is there and can't be read is an error, else it is as if empty.
        private static func entries(_ base: String, isRequired: Bool, hidden: Bool = false) throws(SystemError) -> [(name: String, kind: Kind)] {
            let path = base.isEmpty ? "." : base
            guard let directory = opendir(path) else {
                if errno == ENOENT || errno == ENOTDIR { return [] }
                throw SystemError.last("read the directory \(path)")
            }
            defer { closedir(directory) }
            var entries: [(name: String, kind: Kind)] = []
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name == "." || name == ".." || (!hidden && name.hasPrefix(".")) { continue }
                var kind = Kind.file
                switch Int32(entry.pointee.d_type) {
                case 4: kind = .directory  // DT_DIR
                case 10: kind = .link  // DT_LNK
                case 0:  // DT_UNKNOWN: the file system doesn't say.
                    var info = stat()
                    guard lstat(base + name, &info) == 0 else { continue }
                    kind = info.st_mode & S_IFMT == S_IFDIR ? .directory : info.st_mode & S_IFMT == S_IFLNK ? .link : .file
                default: break
                }
                entries.append((name, kind))
            }
            return entries
        }
    }
}
