import Platform

/// The files that a document's path means.
public enum InputPaths {
    /// A path without `*`, `?` and `[` is itself, whether it is there or not; so is one that is there as it stands. Others are matched as
    /// a shell would (`FileGlob`): files only, sorted by their bytes, so that the order is the same everywhere.
    public static func expand(_ pattern: String) throws(DelimitedError) -> [String] {
        guard FileGlob.isPattern(pattern), !Files.exists(pattern) else { return [pattern] }
        let found: [String]
        do throws(SystemError) { found = try FileGlob.matches(pattern) } catch {
            throw DelimitedError(.system, path: pattern, "cannot look for its files: \(error); let this user read the directories below it")
        }
        let paths = found.filter { !$0.hasSuffix("/") }
        guard !paths.isEmpty else { throw DelimitedError(.notFound, path: pattern, "no file matches; check the path and the pattern (* ? [a-z] **)") }
        return paths
    }
}
