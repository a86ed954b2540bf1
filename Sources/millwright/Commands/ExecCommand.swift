import Glibc
import HTTPClient
import HTTPMessages
import Kernel
import Platform

/// `millwright exec`: a command in an environment's container, with its exit status.
enum ExecCommand {
    static let spec = CommandSpec(
        name: "exec", summary: "Runs a command in an environment's container.", arguments: "ENVIRONMENT -- COMMAND [ARGUMENT…]", argumentCount: 2...10000,
        options: [
            .flag("stdin", short: "i", "Passes standard input on."), .flag("tty", short: "t", "Gives the command a terminal."),
            .value("ordinal", "N", "In which replica. Default: 0"), ServerConnection.namespaceOption,
        ] + ServerConnection.options,
        notes: "Ends with the command's own exit status."
    ) { arguments in try await run(arguments) }

    private static func run(_ arguments: Arguments) async throws -> Int32 {
        let connection = try ServerConnection(arguments)
        let (input, tty) = (arguments.has("stdin"), arguments.has("tty"))
        var query = ["ordinal=\(PercentEncoding.encode(arguments["ordinal"] ?? "0"))", "stdin=\(input)", "tty=\(tty)"]
        query += arguments.positional.dropFirst().map { "command=\(PercentEncoding.encode($0))" }
        let path = "/v1/namespaces/\(PercentEncoding.encode(connection.namespace))/environments/\(PercentEncoding.encode(try EnvironmentArgument.name(arguments.positional[0])))/exec"
        let request = HTTPRequest("POST", "\(path)?\(query.joined(separator: "&"))", headers: ["Connection": "Upgrade", "Upgrade": "tcp"])
        let channel = try await open(try await connection.authorized(request), by: try await connection.httpPort())
        let terminal = tty ? RawTerminal() : nil
        defer { terminal?.restore() }
        if tty, let size = RawTerminal.size { try await channel.write(StreamFrame(kind: .resize, payload: size.bytes).bytes) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { if input { try await forwardInput(to: channel) } else { try await channel.write(StreamFrame(kind: .input, payload: []).bytes) } }
            defer { group.cancelAll() }
            return try await receive(from: channel)
        }
    }

    private static func open(_ request: HTTPRequest, by port: HTTPClient) async throws -> any ByteChannel {
        do {
            return try await port.upgrade(request).1
        } catch {
            guard case .notUpgraded(let response) = error else { throw CommandFailure(ExitStatus.unavailable, "\(error)") }
            throw ServerConnection.failure(status: response.status, headers: response.headers, body: response.body)
        }
    }

    private static func receive(from channel: any ByteChannel) async throws -> Int32 {
        var reader = StreamFrameReader()
        while let bytes = try await channel.read() {
            for frame in try reader.take(bytes) {
                switch frame.kind {
                case .output: try Files.writeAll(frame.payload, to: STDOUT_FILENO, name: "the output")
                case .error: try Files.writeAll(frame.payload, to: STDERR_FILENO, name: "the output")
                case .end:
                    let end = try JSONParser.parse(frame.payload)
                    if let error = end["error"]?.string { throw CommandFailure(ExitStatus.failure, error) }
                    return Int32(clamping: end["exitCode"]?.int ?? 0)
                case .input, .resize: break
                }
            }
        }
        throw CommandFailure(ExitStatus.unavailable, "the connection to Millwright was lost; the command may still run in the container")
    }

    /// Standard input blocks, so a thread reads it; its pieces go out in order.
    private static func forwardInput(to channel: any ByteChannel) async throws {
        let (pieces, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        Threads.start(name: "stdin") {
            var buffer = [UInt8](repeating: 0, count: 32 << 10)
            while true {
                let count = buffer.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                continuation.yield(Array(buffer[..<count]))
            }
            continuation.finish()
        }
        for await piece in pieces { try await channel.write(StreamFrame(kind: .input, payload: piece).bytes) }
        if !Task.isCancelled { try await channel.write(StreamFrame(kind: .input, payload: []).bytes) }
    }
}

/// The user's terminal, passed through byte for byte while a command in a container has it.
struct RawTerminal {
    private let before: termios

    /// nil when standard input is no terminal.
    init?() {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        before = settings
        cfmakeraw(&settings)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    func restore() {
        var settings = before
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    static var size: JSON? {
        var window = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return nil }
        return ["columns": JSON(window.ws_col), "rows": JSON(window.ws_row)]
    }
}
