import Foundation
import Platform
import ServiceKit

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
        // Files, not pipes: a grandchild that keeps a pipe open would keep us waiting. And posix_spawn by ourselves: Foundation's Process
        // now and then misses a child's end.
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("millwright-shell-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Files.write(Array(input.utf8), to: "\(directory)/in", mode: 0o600)
        let descriptors: [(ours: Int32, theirs: Int32)] = [
            (ours: open("\(directory)/in", O_RDONLY | O_CLOEXEC), theirs: 0),
            (ours: open("\(directory)/out", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600), theirs: 1),
            (ours: open("\(directory)/err", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600), theirs: 2),
        ]
        func text(_ name: String) -> String { (try? Files.text("\(directory)/\(name)")) ?? "" }
        let child = try ChildProcess(
            ChildCommand(
                path: path, arguments: arguments, environment: lines(environment), descriptors: descriptors, closesAfterStart: descriptors.map(\.ours)))
        let deadline = Date().addingTimeInterval(Double(seconds))
        while true {
            if let end = child.poll() { return ShellResult(status: status(of: end), output: text("out"), errors: text("err")) }
            if Date() > deadline {
                child.signal(SIGKILL)
                while child.poll() == nil { usleep(1000) }
                throw TimedOut(command: ([path] + arguments).joined(separator: " "), seconds: seconds, so: text("out") + text("err"))
            }
            usleep(5000)
        }
    }

    /// This process's environment with changes, as lines.
    static func lines(_ changes: [String: String]) -> [String] {
        ProcessInfo.processInfo.environment.merging(changes) { $1 }.map { "\($0.key)=\($0.value)" }
    }

    /// As a shell tells it: 128 and the signal's number for one that was killed.
    static func status(of end: ChildEnd) -> Int32 {
        switch end {
        case .exited(let status): status
        case .signaled(let number): 128 + number
        }
    }
}

/// A long-running child whose end is noticed, by whichever thread asks first.
final class BackgroundProcess: Sendable {
    private let child: ChildProcess
    private let end = Locked<ChildEnd?>(nil)

    /// - Parameter log: takes standard output and error.
    init(_ path: String, _ arguments: [String], environment: [String: String] = [:], log: String) throws {
        let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        child = try ChildProcess(
            ChildCommand(
                path: path, arguments: arguments, environment: Shell.lines(environment), descriptors: [(ours: output, theirs: 1), (ours: output, theirs: 2)],
                closesAfterStart: [output]))
    }

    var pid: pid_t { child.pid }
    var isRunning: Bool {
        end.withLock { end in
            if end == nil { end = child.poll() }
            return end == nil
        }
    }
    var status: Int32 { end.withLock { $0 }.map(Shell.status) ?? -1 }
    func signal(_ number: Int32) { if isRunning { child.signal(number) } }
    func wait() { while isRunning { usleep(2000) } }

    /// It and everything below it, the parents first.
    var tree: [Int32] {
        var found = [pid]
        var position = 0
        while position < found.count {
            // A child belongs to the thread that started it.
            for thread in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(found[position])/task")) ?? [] {
                let children = (try? String(contentsOfFile: "/proc/\(found[position])/task/\(thread)/children", encoding: .utf8)) ?? ""
                found += children.split(separator: " ").compactMap { Int32($0) }
            }
            position += 1
        }
        return found
    }

    /// kill -9 of it and of all Millwrights below it; a PostgreSQL is left to notice. Returns when it is gone.
    func killTree() {
        let victims = tree.filter { pid in
            ((try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? "").contains("millwright")
                && !((try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)) ?? "").hasPrefix("postgres")
        }
        for pid in victims { kill(pid, SIGKILL) }
        wait()
    }
}
