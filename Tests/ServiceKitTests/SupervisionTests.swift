import Foundation
import Glibc
import Kernel
import Platform
import Telemetry
import Testing

@testable import ServiceKit

private func shell(_ script: String) -> ChildCommand {
    ChildCommand(path: "/bin/sh", arguments: ["-c", script], environment: ["PATH=/bin:/usr/bin"])
}

@Suite(.serialized) final class SupervisionTests {
    private var directories: [String] = []

    deinit { for directory in directories { try? FileManager.default.removeItem(atPath: directory) } }

    private func scratch() throws -> String {
        var template = Array("/tmp/millwright-supervision-XXXXXX".utf8CString)
        let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
        directories.append(directory)
        return directory
    }

    /// Runs the supervisor in a thread of its own with its signals blocked there, so that the test can send them to that thread alone.
    private func supervise(_ children: [SupervisedChild], until done: @escaping @Sendable () -> Bool) async -> Int32 {
        let result = Locked<Int32?>(nil)
        let thread = Locked<pthread_t?>(nil)
        let ended = Gate()
        Threads.start(name: "supervisor") {
            let signals = Signals(blocking: [SIGTERM, SIGCHLD])
            thread.withLock { $0 = pthread_self() }
            var supervisor = Supervisor(children: children, signals: signals, logger: .disabled)
            let status = supervisor.run()
            result.withLock { $0 = status }
            thread.withLock { $0 = nil }
            ended.open()
        }
        for _ in 0..<2000 {
            if done() || ended.isOpen { break }
            usleep(10_000)
        }
        thread.withLock { if let thread = $0 { _ = pthread_kill(thread, SIGTERM) } }
        await ended.wait()
        return result.withLock { $0 } ?? -1
    }

    @Test func startsAgainWhatDiesAndStopsInReverse() async throws {
        let directory = try scratch()
        let log = "\(directory)/log"
        let children = ["first", "second"].map { name in
            SupervisedChild(name: name, stopSignal: SIGTERM, stopGrace: .seconds(10)) {
                // The second dies twice, once by a trap's signal, before it stays.
                let fate = name == "second" ? "[ $(grep -c 'start second' \(log)) -ge 3 ] || kill -ILL $$; " : ""
                return shell("trap 'echo stop \(name) >> \(log); exit 0' TERM; echo start \(name) >> \(log); \(fate)while :; do sleep 0.02; done")
            }
        }
        let status = await supervise(children) {
            ((try? Files.text(log)) ?? "").split(separator: "\n").filter { $0 == "start second" }.count >= 3
        }
        #expect(status == 0)
        let lines = try Files.text(log).split(separator: "\n").map(String.init)
        #expect(lines.filter { $0 == "start first" }.count == 1, "the healthy one is left alone")
        #expect(lines.filter { $0 == "start second" }.count == 3)
        #expect(lines.suffix(2) == ["stop second", "stop first"] || lines.suffix(1) == ["stop first"])
    }

    @Test func givesUpWhenTheChildSaysSo() async {
        let child = SupervisedChild(name: "misconfigured", stopSignal: SIGTERM, stopGrace: .seconds(1), givesUpWith: [78]) { shell("exit 78") }
        #expect(await supervise([child]) { false } == 78)
    }

    /// One that was up once is started again for ever; one that never was says what to do, and all ends.
    @Test func givesUpWhatNeverComesUp() async throws {
        let directory = try scratch()
        let broken = SupervisedChild(
            name: "broken", stopSignal: SIGTERM, stopGrace: .seconds(1), broken: (after: 3, status: 78, fix: "Mend it"),
            command: { shell("echo start >> \(directory)/broken; exit 1") }, isReady: { false }, lastWords: { "no such file" })
        #expect(await supervise([broken]) { false } == 78)
        #expect(try Files.text("\(directory)/broken").split(separator: "\n").count == 3)
        let crashing = SupervisedChild(
            name: "crashing", stopSignal: SIGTERM, stopGrace: .seconds(1), broken: (after: 3, status: 78, fix: "Mend it")) { shell("echo start >> \(directory)/crashing; sleep 0.05; exit 1") }
        #expect(await supervise([crashing]) { ((try? Files.text("\(directory)/crashing")) ?? "").split(separator: "\n").count >= 5 } == 0)
    }

    @Test func endsWhatDoesNotStop() async throws {
        let directory = try scratch()
        let child = SupervisedChild(name: "stubborn", stopSignal: SIGTERM, stopGrace: .milliseconds(100)) {
            shell("trap '' TERM; touch \(directory)/up; while :; do sleep 0.02; done")
        }
        #expect(await supervise([child]) { Files.exists("\(directory)/up") } == 0)
    }

    @Test func backsOffFromWhatKeepsDying() {
        var policy = RestartPolicy()
        let delays = (0..<12).map { _ in policy.died(afterLiving: .milliseconds(5)) }
        #expect(delays.first == .milliseconds(100))
        #expect(zip(delays, delays.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(delays.last == .seconds(30))
        #expect(policy.died(afterLiving: .seconds(61)) == .milliseconds(100))
    }

    @Test func aLockKeepsOthersOutAndIsGivenBack() throws {
        let path = "\(try scratch())/lock"
        var first: FileLock? = try FileLock(path: path)
        #expect(first != nil)
        try first?.note("42")
        #expect(try FileLock(path: path) == nil)
        #expect(try Files.text(path) == "42\n")
        first = nil
        #expect(try FileLock(path: path) != nil)
    }

    @Test func replacesFilesAsOneStep() throws {
        let path = "\(try scratch())/secret"
        try Files.write(Array("one".utf8), to: path, mode: 0o600)
        try Files.write(Array("two".utf8), to: path, mode: 0o600)
        #expect(try Files.text(path) == "two")
        var info = stat()
        #expect(stat(path, &info) == 0 && info.st_mode & 0o777 == 0o600)
    }

    @Test func countsAndBoundsSeries() {
        let metrics = Metrics()
        metrics.increment("hits_total", [("path", "a\"b")], by: 2, help: "Hits.")
        metrics.set("depth", to: 3)
        metrics.observe("latency_seconds", seconds: 0.003)
        let text = metrics.rendered()
        #expect(text.contains("# HELP hits_total Hits.\n# TYPE hits_total counter\nhits_total{path=\"a\\\"b\"} 2\n"))
        #expect(text.contains("depth 3\n") && text.contains("latency_seconds_bucket{le=\"0.005\"} 1\n") && text.contains("latency_seconds_count 1\n"))
        for number in 0..<(Metrics.maximumSeries + 50) { metrics.increment("flood_total", [("who", "\(number)")]) }
        #expect(metrics.value("flood_total", [("who", "other")]) == 50)
    }

    @Test func logsOneLineAsJSONOrText() throws {
        let lines = Locked<[String]>([])
        let sink: Logger.Sink = { bytes in lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } }
        Correlation.$id.withValue("c1") {
            Logger(format: .json, sink: sink).with(["part": "x"]).info("hello\nworld", ["n": "1"])
            Logger(format: .text, sink: sink).warning("hi", ["a": "b c"])
            Logger(minimum: .warning, sink: sink).info("not shown")
        }
        let all = lines.withLock { $0 }
        #expect(all.count == 2)
        let json = try JSONParser.parse(try #require(all.first))
        #expect(json["message"] == "hello\nworld" && json["part"] == "x" && json["n"] == "1" && json["correlation"] == "c1" && json["level"] == "info")
        #expect(all.last?.hasSuffix(" warn hi a=\"b c\" correlation=c1\n") == true)
    }
}
