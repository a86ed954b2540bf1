import Glibc
import HTTPMessages
import Kernel
import Platform

/// `millwright logs`: what an environment's container writes.
enum LogsCommand {
    static let spec = CommandSpec(
        name: "logs", summary: "Prints the log of an environment's container.", arguments: "ENVIRONMENT", argumentCount: 1...1,
        options: [
            .flag("follow", short: "f", "Goes on as lines come."), .value("tail", "N", "Only the last N lines."),
            .value("ordinal", "N", "Of which replica. Default: 0"), .flag("timestamps", "Each line with the time the engine took it."),
            ServerConnection.namespaceOption,
        ] + ServerConnection.options
    ) { arguments in
        let connection = try ServerConnection(arguments)
        let port = try await connection.httpPort()
        var query = ["ordinal=\(PercentEncoding.encode(arguments["ordinal"] ?? "0"))"]
        if arguments.has("follow") { query.append("follow=true") }
        if arguments.has("timestamps") { query.append("timestamps=true") }
        if let tail = arguments["tail"] { query.append("tail=\(PercentEncoding.encode(tail))") }
        let path = "/v1/namespaces/\(PercentEncoding.encode(connection.namespace))/environments/\(PercentEncoding.encode(try EnvironmentArgument.name(arguments.positional[0])))/logs"
        let stream = try await port.stream(try await connection.authorized(HTTPRequest("GET", "\(path)?\(query.joined(separator: "&"))")), idleTimeout: nil)
        guard stream.status == 200 else {
            throw ServerConnection.failure(status: stream.status, headers: stream.headers, body: try await stream.collect())
        }
        while let bytes = try await stream.next() {
            do throws(SystemError) { try Files.writeAll(bytes, to: STDOUT_FILENO, name: "the output") } catch {
                // Whoever reads has seen enough, as `head` has.
                if error.code == EPIPE { return ExitStatus.success }
                throw error
            }
        }
        return ExitStatus.success
    }
}
