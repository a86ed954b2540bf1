import Platform
import ServiceKit
import Telemetry
import Testing

@Suite struct ServiceGroupTests {
    /// What happened, in order.
    private final class Diary: Sendable {
        private let lines = Locked<[String]>([])
        func note(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private struct Broken: Error {}

    private func service(_ name: String, _ diary: Diary, failing: Bool = false) -> ClosureService {
        ClosureService(name) { ready in
            diary.note("start \(name)")
            ready()
            if failing { throw Broken() }
            let gate = Gate()
            await withTaskCancellationHandler { await gate.wait() } onCancel: { gate.open() }
            diary.note("stop \(name)")
        }
    }

    @Test func startsInOrderAndStopsInReverse() async throws {
        let diary = Diary()
        let group = ServiceGroup(["a", "b", "c"].map { service($0, diary) }, logger: .disabled)
        try await group.run(ready: {
            diary.note("ready")
            group.stop()
        })
        #expect(diary.all == ["start a", "start b", "start c", "ready", "stop c", "stop b", "stop a"])
    }

    @Test func oneThatFailsStopsTheOthersAndIsReported() async {
        let diary = Diary()
        let group = ServiceGroup([service("a", diary), service("b", diary, failing: true), service("c", diary)], logger: .disabled)
        await #expect(throws: Broken.self) { try await group.run() }
        #expect(diary.all.contains("stop a"))
        #expect(diary.all.filter { $0.hasPrefix("start") }.count == diary.all.filter { $0.hasPrefix("stop") }.count + 1)
    }

    @Test func cancellingItsTaskEndsAll() async throws {
        let diary = Diary()
        let group = ServiceGroup([service("a", diary), service("b", diary)], logger: .disabled)
        let started = Gate()
        let task = Task { try await group.run(ready: { started.open() }) }
        await started.wait()
        task.cancel()
        try await task.value
        #expect(Set(diary.all.suffix(2)) == ["stop a", "stop b"])
    }

    @Test func stopsThoughOneNeverBecameReady() async throws {
        let diary = Diary()
        let started = Gate()
        let waiting = ClosureService("waiting") { _ in
            started.open()
            try await Task.sleep(for: .seconds(3600))
        }
        let group = ServiceGroup([service("a", diary), waiting, service("c", diary)], logger: .disabled)
        let task = Task { try await group.run() }
        await started.wait()
        group.stop()
        try await task.value
        #expect(diary.all == ["start a", "stop a"])
    }

    @Test func endsThoughStoppedBeforeItStarts() async throws {
        let diary = Diary()
        let group = ServiceGroup([service("a", diary)], logger: .disabled)
        group.stop()
        try await group.run()
        #expect(diary.all.isEmpty)
    }
}
