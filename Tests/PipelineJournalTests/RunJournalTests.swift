import DataPipelinePlan
import EventLoop
import Guards
import Kernel
import Postgres
import TestSupport
import Testing

@testable import DataPipelineEffects

/// The journal of pipeline runs on a real PostgreSQL: who has a run, who may write, what is forgotten and what never. Days pass by changing
/// the database's own times.
@Suite(.serialized, .enabled(if: Capability.postgres, "no PostgreSQL server programs here")) final class RunJournalTests {
    private let server: PostgresServer
    private let loop: EventLoop
    private let pool: PostgresPool

    init() throws {
        server = try PostgresServer()
        loop = try EventLoop()
        try loop.start(name: "journal-test")
        let registry = GuardRegistry(defaults: { PostgresGuards.defaults(for: $0) ?? GuardRegistry.standardDefaults($0) })
        pool = PostgresPool(PostgresConnector(endpoint: server.endpoint, loop: loop, guards: PostgresGuards(registry: registry)))
    }

    deinit {
        server.stop()
        loop.stop()
    }

    private func journal(_ owner: String = "a") -> RunJournal { RunJournal(pool: pool, owner: owner) }

    private func run(_ uid: String, runID: String? = nil, spec: JSON = ["n": 1], generation: Int64 = 1, base: RunRecord.Base? = nil) -> RunJournal.Beginning {
        .init(
            uid: uid, key: NamespacedName(namespace: "n", name: uid), pipeline: "p", revision: "r", generation: generation, runID: runID ?? uid, job: ["spec": spec], base: base)
    }

    @discardableResult
    private func sql(_ text: String) async throws -> String? { try await pool.query(PostgresStatement(text), .write).text(0, 0) }

    /// All times of the database are moved into the past.
    private func pass(days: Int) async throws {
        try await sql(
            """
            update millwright_pipelines.runs set started_at = started_at - interval '\(days) days', ended_at = ended_at - interval '\(days) days',
                last_end = last_end - interval '\(days) days', checkpoint_at = checkpoint_at - interval '\(days) days', lease_until = lease_until - interval '\(days) days'
            """)
        try await sql("update millwright_pipelines.taken_files set seen_at = seen_at - interval '\(days) days'")
    }

    @Test func aRunHasOneOwnerAndWhoLostItCanNotWrite() async throws {
        let (a, b) = (journal("a"), journal("b"))
        try await a.prepare()
        // Another process at the same time finds it done.
        try await b.prepare()
        try await a.begin(run("u"))
        let first = try #require(try await a.take("u"))
        #expect(try await b.take("u") == nil)
        #expect(try await b.find("u")?.isHeldElsewhere == true)
        #expect(try await a.checkpoint("u", epoch: first.epoch, number: 1, bytes: [1, 2], bytesRead: 10))

        // The new leader asks, the old one hears of it when it renews, and lets go; that was no start in vain.
        try await b.claim("u")
        #expect(try await b.find("u")?.isClaimed == true)
        let renewed = try await a.renew(["u", "other"])
        #expect(renewed.map(\.uid) == ["u"] && renewed.map(\.isClaimed) == [true])
        try await a.letGo("u", epoch: first.epoch, retries: 2)
        let second = try #require(try await b.take("u"))
        #expect(second.epoch == first.epoch + 1 && second.checkpoint == [1, 2])
        let record = try #require(try await b.find("u"))
        #expect(record.retries == 2 && record.attempts == 2 && record.unproductive == 1 && !record.isClaimed && !record.isHeldElsewhere)

        // Whatever the old one still says is not written.
        #expect(try await !a.checkpoint("u", epoch: first.epoch, number: 2, bytes: [9], bytesRead: 99))
        try await a.workerEnded("u", epoch: first.epoch, phase: .paused, message: "late", report: nil, passing: false, retries: 0)
        #expect(try await !a.end("u", epoch: first.epoch, .init(phase: .succeeded)))
        #expect(try await a.renew(["u"]).isEmpty)
        #expect(try await b.find("u")?.phase == .running)

        // A lease that ran out is free for anybody, once.
        try await sql("update millwright_pipelines.runs set lease_until = now() - interval '1 second'")
        #expect(try await a.find("u")?.isHeldElsewhere == false)
        let third = try #require(try await a.take("u"))
        #expect(third.epoch == second.epoch + 1)
        #expect(try await b.take("u") == nil)
        #expect(try await a.end("u", epoch: third.epoch, .init(phase: .succeeded)))
        #expect(try await a.take("u") == nil)
    }

    @Test func aFailedRunsCheckpointMovesToTheOneThatGoesOn() async throws {
        let journal = journal()
        try await journal.prepare()
        try await journal.begin(run("u", generation: 3))
        let taken = try #require(try await journal.take("u"))
        #expect(try await journal.checkpoint("u", epoch: taken.epoch, number: 1, bytes: [7], bytesRead: 70, report: ["rows": ["rowsRead": 5]]))
        #expect(try await journal.find("u")?.report?["rows"]?["rowsRead"] == 5)
        try await journal.end("u", epoch: taken.epoch, .init(phase: .failed, issue: PipelineIssue(.outputFailed, "x"), leavesSomething: true))
        #expect(try await journal.left(by: "u")?.hasCheckpoint == true)
        let next = run("v", runID: "u", spec: ["n": 2], generation: 4, base: .init(run: "u", generation: 3, offset: 70, rows: .rest, words: "the rest"))
        #expect(try await journal.adopt(next, from: "u"))
        // Two never go on from one checkpoint.
        #expect(try await !journal.adopt(run("w", runID: "u"), from: "u"))
        let old = try #require(try await journal.find("u")), new = try #require(try await journal.find("v"))
        #expect(!old.leavesSomething && new.base == .init(run: "u", generation: 3, offset: 70, rows: .rest, words: "the rest") && new.generation == 4 && new.checkpoint?.bytesRead == 70)
        let going = try #require(try await journal.take("v"))
        #expect(going.checkpoint == [7] && going.job["spec"]?["n"] == 2)
        // What it leaves when it fails as well is cleared away by a worker when its object is deleted.
        try await journal.end("v", epoch: going.epoch, .init(phase: .failed, issue: PipelineIssue(.outputFailed, "x"), leavesSomething: true))
        try await journal.reopen("v")
        #expect(try await journal.find("v")?.phase == .running)
        #expect(try await journal.take("v")?.checkpoint == [7])
        // The other left nothing: it stays as it ended.
        try await journal.reopen("u")
        #expect(try await journal.find("u")?.phase == .failed)
    }

    @Test func endedRunsAreForgottenAndWhatMayGoOnIsNot() async throws {
        let journal = journal()
        try await journal.prepare()
        for uid in ["done", "kept", "failed", "paused", "lost"] {
            try await journal.begin(run(uid))
            let taken = try #require(try await journal.take(uid))
            #expect(try await journal.checkpoint(uid, epoch: taken.epoch, number: 1, bytes: [1], bytesRead: 1))
            switch uid {
            case "done", "kept": try await journal.end(uid, epoch: taken.epoch, .init(phase: .succeeded, reportPath: "/root/n/.reports/\(uid)"))
            case "failed": try await journal.end(uid, epoch: taken.epoch, .init(phase: .failed, issue: PipelineIssue(.outputFailed, "x"), leavesSomething: true))
            case "paused": try await journal.workerEnded(uid, epoch: taken.epoch, phase: .paused, message: "", report: nil, passing: false, retries: 0)
            default: break
            }
        }
        // A success needs no checkpoint from that moment; a failure does, as long as its object is there.
        #expect(try await journal.left(by: "done")?.hasCheckpoint == false)
        try await pass(days: 2)
        let live = ["kept", "failed", "paused"]
        #expect(try await journal.forget(olderThanDays: 90, live: live).reportPaths.isEmpty)
        // The object of `done` is gone: nobody can ask for its job; its record stays.
        #expect(try await journal.left(by: "done") == nil)
        #expect(try await journal.find("done")?.phase == .succeeded)
        #expect(try await journal.left(by: "kept") != nil)
        #expect(try await journal.left(by: "failed")?.hasCheckpoint == true)
        #expect(try await journal.find("paused")?.phase == .paused)
        // That of `lost` went without having been seen to its end.
        #expect(try await journal.find("lost")?.reason == .recordMissing)
        try await pass(days: 100)
        let forgotten = try await journal.forget(olderThanDays: 90, live: live)
        #expect(forgotten.reportPaths == ["/root/n/.reports/done"])
        #expect(try await journal.find("done") == nil)
        #expect(try await journal.find("lost") == nil)
        for uid in live { #expect(try await journal.find(uid) != nil, "\(uid) has its object") }
        // A run that was paused for a hundred days goes on where it was.
        #expect(try await journal.take("paused")?.checkpoint == [1])
    }

    @Test func aTakenFileIsRememberedAsLongAsItCanBeFound() async throws {
        let journal = journal()
        try await journal.prepare()
        try await journal.take("p", files: ["a 1 1", "b 1 1"])
        try await journal.take("gone", files: ["c 1 1"])
        for _ in 0..<5 {
            try await pass(days: 80)
            // The look at the directory finds a and not b.
            #expect(try await journal.taken("p", ["a 1 1"]) == ["a 1 1"])
            try await journal.forgetFiles(unseenForDays: 90, pipelines: ["p"])
        }
        #expect(try await journal.taken("p", ["a 1 1", "b 1 1"]) == ["a 1 1"], "b was not there for the whole retention")
        #expect(try await sql("select count(*)::text from millwright_pipelines.taken_files where pipeline_uid = 'gone'") == "0")
        // A directory that is away for less than the retention brings nothing back.
        try await pass(days: 89)
        try await journal.forgetFiles(unseenForDays: 90, pipelines: ["p"])
        #expect(try await journal.taken("p", ["a 1 1"]) == ["a 1 1"])
    }

    @Test func notesOfLoadsGoOnlyWhenTheirRunHasSucceededForGood() async throws {
        let journal = journal()
        try await journal.prepare()
        for uid in ["old", "new", "running", "failed"] {
            try await journal.begin(run(uid))
            let taken = try #require(try await journal.take(uid))
            if uid == "failed" { try await journal.end(uid, epoch: taken.epoch, .init(phase: .failed, issue: PipelineIssue(.outputFailed, "x"), leavesSomething: true)) }
            if uid == "old" || uid == "new" { try await journal.end(uid, epoch: taken.epoch, .init(phase: .succeeded)) }
        }
        try await sql("update millwright_pipelines.runs set ended_at = now() - interval '2 hours' where uid in ('old', 'failed')")
        #expect(try await journal.settledLoads(namespace: "n", pipeline: "p") == ["old"])
        #expect(try await journal.settledLoads(namespace: "n", pipeline: "q").isEmpty)
        try await journal.noteLoadsForgotten(["old"])
        #expect(try await journal.settledLoads(namespace: "n", pipeline: "p").isEmpty)
    }
}
