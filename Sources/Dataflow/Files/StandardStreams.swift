/// The standard input and output of the command that started the worker, as the worker finds them.
public enum StandardStreams {
    public static let input = "/dev/fd/3"
    public static let output = "/dev/fd/4"

    /// As people know it.
    public static func shown(_ path: String) -> String { path == input ? "standard input" : path == output ? "standard output" : path }
}
