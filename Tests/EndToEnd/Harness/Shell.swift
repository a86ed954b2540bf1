import Foundation
import Platform

/// The outcome of a command that ran to its end.
struct ShellResult: Sendable {
    let status: Int32
    let output: String
    let errors: String
    var all: String { output + errors }
}

/// Runs real commands: kubectl, docker, the millwright binary.
enum Shell {
    struct TimedOut: Error, CustomStringConvertible {
        let command: String
        let seconds: Int
        let so: String
        var description: String { "'\(command)' did not end within \(seconds) s; so far: \(so)" }
    }

    /// - Parameters:
    ///   - input: standard input; empty: none.
    ///   - seconds: after these the command is ended and `TimedOut` thrown.
    @discardableResult
    static func run(
        _ path: String, _ arguments: [String], input: String = "", environment: [String: String] = [:], seconds: Int = 60
    ) throws -> ShellResult {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Files, not pipes: a grandchild that keeps a pipe open would keep us waiting.
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("millwright-shell-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = ["in", "out", "err"].map { directory.appendingPathComponent($0) }
        try Data(input.utf8).write(to: files[0])
        for file in files.dropFirst() { FileManager.default.createFile(atPath: file.path, contents: nil) }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        func text(_ index: Int) -> String { (try? String(decoding: Data(contentsOf: files[index]), as: UTF8.self)) ?? "" }
        try process.run()
        let deadline = Date().addingTimeInterval(Double(seconds))
        while process.isRunning {
            if Date() > deadline {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                throw TimedOut(command: ([path] + arguments).joined(separator: " "), seconds: seconds, so: text(1) + text(2))
            }
            usleep(5000)
        }
        return ShellResult(status: process.terminationStatus, output: text(1), errors: text(2))
    }
}

/// Waits for a condition; the only kind of waiting in these tests.
func eventually(
    _ what: String, seconds: Int = 60, every milliseconds: UInt32 = 100, _ condition: () throws -> Bool
) throws {
    let deadline = Date().addingTimeInterval(Double(seconds))
    while Date() < deadline {
        if try condition() { return }
        usleep(milliseconds * 1000)
    }
    throw NeverHappened(what: what, seconds: seconds)
}

struct NeverHappened: Error, CustomStringConvertible {
    let what: String
    let seconds: Int
    var description: String { "within \(seconds) s it did not happen that \(what)" }
}
