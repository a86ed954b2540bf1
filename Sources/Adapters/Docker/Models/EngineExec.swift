/// A command to be run in a container.
public struct EngineExecSpec: Sendable, Equatable {
    public var command: [String]
    public var env: [String]
    public var workingDirectory: String?
    public var user: String?
    public var isTTY: Bool
    public var attachesStandardInput: Bool

    public init(
        _ command: [String], env: [String] = [], workingDirectory: String? = nil, user: String? = nil, isTTY: Bool = false,
        attachesStandardInput: Bool = false
    ) {
        self.command = command
        self.env = env
        self.workingDirectory = workingDirectory
        self.user = user
        self.isTTY = isTTY
        self.attachesStandardInput = attachesStandardInput
    }
}

/// How a command ended.
public struct EngineExecResult: Sendable, Equatable {
    public var exitCode: Int
    public var output: [UInt8]
    public var errorOutput: [UInt8]
    /// More was written than was kept.
    public var isCut: Bool

    public init(exitCode: Int, output: [UInt8] = [], errorOutput: [UInt8] = [], isCut: Bool = false) {
        self.exitCode = exitCode
        self.output = output
        self.errorOutput = errorOutput
        self.isCut = isCut
    }
}

/// A command that runs in a container, with its streams open. Always `close` it.
public struct EngineExecSession: Sendable {
    public let id: String
    /// What it writes; ends with the command.
    public let output: EngineStream<EngineOutput>
    private let operations: Operations

    /// What a session does, by the engine that made it.
    public struct Operations: Sendable {
        public var write: @Sendable ([UInt8]) async throws(DockerError) -> Void
        public var closeInput: @Sendable () async -> Void
        public var resize: @Sendable (_ columns: Int, _ rows: Int) async throws(DockerError) -> Void
        public var exitCode: @Sendable () async throws(DockerError) -> Int?
        public var close: @Sendable () async -> Void

        public init(
            write: @escaping @Sendable ([UInt8]) async throws(DockerError) -> Void, closeInput: @escaping @Sendable () async -> Void,
            resize: @escaping @Sendable (_ columns: Int, _ rows: Int) async throws(DockerError) -> Void,
            exitCode: @escaping @Sendable () async throws(DockerError) -> Int?, close: @escaping @Sendable () async -> Void
        ) {
            self.write = write
            self.closeInput = closeInput
            self.resize = resize
            self.exitCode = exitCode
            self.close = close
        }
    }

    public init(id: String, output: EngineStream<EngineOutput>, operations: Operations) {
        self.id = id
        self.output = output
        self.operations = operations
    }

    /// To the command's standard input.
    public func write(_ bytes: [UInt8]) async throws(DockerError) { try await operations.write(bytes) }
    /// The command sees the end of its input.
    public func closeInput() async { await operations.closeInput() }
    /// Of the terminal, where it has one.
    public func resize(columns: Int, rows: Int) async throws(DockerError) { try await operations.resize(columns, rows) }
    /// nil while it runs.
    public func exitCode() async throws(DockerError) -> Int? { try await operations.exitCode() }
    public func close() async { await operations.close() }
}
