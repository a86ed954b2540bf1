import Glibc
import Kernel
import Platform
import ServiceKit
import TestSupport
import Testing

/// A real kubectl, with a home and a kubeconfig of its own.
struct Kubectl: Sendable, CustomTestStringConvertible {
    let program: String
    /// `1.32`.
    private(set) var minor = 0
    let directory: String
    var namespace: String?
    var context = "admin"

    var testDescription: String { "kubectl 1.\(minor)" }

    struct Result: Sendable {
        let status: Int
        let output: String
        let errors: String

        @discardableResult
        func expect(_ status: Int = 0, _ place: SourceLocation = #_sourceLocation) -> Result {
            #expect(self.status == status, "output: \(output.prefix(1500))\nerrors: \(errors.prefix(1500))", sourceLocation: place)
            return self
        }
    }

    init(_ program: String, kubeconfig: String) async throws {
        self.program = program
        var template = Array("/tmp/mw-kubectl-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError.last("make a temporary directory") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try Files.write(Array(kubeconfig.utf8), to: directory + "/kubeconfig", mode: 0o600)
        let version = try await run("version", "--client", "-o", "json")
        let text = try JSONParser.parse(version.output)["clientVersion"]?["minor"]?.string ?? ""
        minor = Int(text.prefix { $0.isNumber }) ?? 0
        try #require(minor > 0, "\(program) doesn't say its version: \(version.output) \(version.errors)")
    }

    func remove() async throws {
        guard let pipe = popen("/bin/rm -rf '\(directory)'", "r") else { return }
        pclose(pipe)
    }

    /// Writes a manifest into the directory; its path.
    func file(_ name: String, _ text: String) throws -> String {
        let path = "\(directory)/\(name)"
        try Files.write(Array(text.utf8), to: path, mode: 0o600)
        return path
    }

    func run(_ arguments: String..., environment: [String] = []) async throws -> Result {
        try await run(arguments, environment: environment)
    }

    func start(_ arguments: [String], environment: [String] = []) throws -> Running {
        let id = UInt64.random(in: .min ... .max)
        let (output, errors) = ("\(directory)/out-\(id)", "\(directory)/err-\(id)")
        let descriptors = [output, errors].map { (path: String) -> Int32 in open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
        defer { for descriptor in descriptors { close(descriptor) } }
        var all = ["--kubeconfig", "\(directory)/kubeconfig", "--context", context]
        if let namespace { all += ["--namespace", namespace] }
        let path = "PATH=\(Environ["PATH"] ?? "/usr/bin:/bin")"
        let process = try ChildProcess(
            ChildCommand(
                path: program, arguments: arguments.prefix(1) + all + arguments.dropFirst(),
                environment: [path, "HOME=\(directory)"] + environment, descriptors: [(descriptors[0], 1), (descriptors[1], 2)]))
        return Running(process: process, output: output, errors: errors)
    }

    struct Running: Sendable {
        let process: ChildProcess
        let output: String
        let errors: String

        func text() throws -> String { try Files.text(output) }

        func wait(within seconds: Int = 60) async throws -> Result {
            let end = try await eventually("kubectl ends", seconds: seconds) { process.poll() }
            let status = switch end {
            case .exited(let status): Int(status)
            case .signaled(let signal): 128 + Int(signal)
            }
            return Result(status: status, output: try Files.text(output), errors: try Files.text(errors))
        }

        func stop() { process.signal(SIGTERM) }
    }

    func run(_ arguments: [String], environment: [String] = []) async throws -> Result {
        try await start(arguments, environment: environment).wait()
    }
}
