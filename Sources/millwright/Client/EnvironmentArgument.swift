import Kernel

/// An environment named on the command line, as kubectl takes names: `line-1`, `environment/line-1`, `env/line-1`.
enum EnvironmentArgument {
    static let kinds = ["environment", "environments", "env", "environment.millwright.dev", "environments.millwright.dev"]

    /// - Throws: `CommandFailure` for another kind or no name.
    static func name(_ text: String) throws -> String {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1, !text.isEmpty { return text }
        guard parts.count == 2, kinds.contains(parts[0].lowercased()), !parts[1].isEmpty else {
            throw CommandFailure(ExitStatus.usage, "'\(text)' is not the name of an environment, as line-1 or environment/line-1; --namespace says where it is")
        }
        return parts[1]
    }
}
