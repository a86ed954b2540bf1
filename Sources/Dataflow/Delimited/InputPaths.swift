import Glibc

/// The files that a document's path means.
public enum InputPaths {
    /// A path without `*`, `?` and `[` is itself, whether it is there or not; so is one that is there as it stands. Others are matched as
    /// a shell would: files only, sorted by their bytes, so that the order is the same everywhere.
    public static func expand(_ pattern: String) throws(DelimitedError) -> [String] {
        guard pattern.utf8.contains(where: { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B }), access(pattern, F_OK) != 0 else { return [pattern] }
        var result = glob_t()
        defer { globfree(&result) }
        let code = glob(pattern, GLOB_NOSORT | GLOB_MARK, nil, &result)
        guard code == 0 || code == GLOB_NOMATCH else { throw DelimitedError(.system, path: pattern, "its directories can't be read; check their rights") }
        var paths: [String] = []
        for index in 0..<(code == 0 ? Int(result.gl_pathc) : 0) {
            // GLOB_MARK puts a slash behind directories.
            if let path = result.gl_pathv[index].map({ String(cString: $0) }), !path.hasSuffix("/") { paths.append(path) }
        }
        guard !paths.isEmpty else { throw DelimitedError(.notFound, path: pattern, "no file matches; check the path and the pattern (* ? [a-z])") }
        return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
