import DataPipelinePlan
import Kernel
import Resources
import Testing

@Suite struct PipelinePlannerTests {
    static let now = Timestamp(seconds: 1_000_000)

    static func pipeline(_ change: (inout JSON) -> Void = { _ in }) throws -> DesiredPipeline {
        var object: JSON = [
            "metadata": ["name": "p", "namespace": "n", "uid": "u"],
            "spec": ["source": ["delimited": ["path": "in/*.csv"]], "outputs": [["name": "o", "delimited": ["path": "o.csv"]]], "trigger": ["watch": ["settle": "5s"]]],
        ]
        change(&object)
        return try DesiredPipeline(object)
    }

    static func observed(_ files: [ObservedPipeline.File]?, check: ObservedPipeline.Check? = .good, runs: [RunOutline] = []) -> ObservedPipeline {
        ObservedPipeline(runs: runs, ours: Set(runs.map(\.uid)), succeeded: 0, failed: 0, lastSuccess: nil, check: check, newFiles: files)
    }

    static func file(_ name: String, age: Int64) -> ObservedPipeline.File { .init(path: name, bytes: 1, modified: Timestamp(seconds: now.seconds - age)) }

    static func plan(_ desired: DesiredPipeline, _ observed: ObservedPipeline) -> Plan<PipelineAction> { PipelinePlanner.plan(desired: desired, observed: observed, now: now) }

    @Test func itIsLookedAtBeforeAnythingRuns() throws {
        #expect(Self.plan(try Self.pipeline(), Self.observed([Self.file("a", age: 60)], check: nil)).actions.map(\.kind) == [.check])
        #expect(Self.plan(try Self.pipeline(), Self.observed([Self.file("a", age: 60)], check: .bad(.init(.testsFailed, "x")))).actions.isEmpty)
    }

    /// A file's header or a ConfigMap may be what was wrong: nobody has to touch the document.
    @Test func whatWasFoundWrongIsLookedAtAgain() throws {
        let bad = Self.observed([], check: .bad(.init(.invalidSpec, "x")))
        #expect(Self.plan(try Self.pipeline(), bad).wake == .after(PipelinePlanner.recheck))
        var old = bad
        old.isCheckOld = true
        #expect(Self.plan(try Self.pipeline(), old).actions.map(\.kind) == [.check])
    }

    /// What was warned of may be put right outside the document as well, and keeps no run from beginning.
    @Test func aWarningIsLookedAtAgainAndKeepsNothingFromRunning() throws {
        let warned = Self.observed([], check: .remarkable(["x"]))
        var quiet = try Self.pipeline { $0[path: ["spec", "trigger"]] = nil }
        #expect(Self.plan(quiet, warned).wake == .after(PipelinePlanner.recheckOfWarnings) && Self.plan(quiet, warned).actions.isEmpty)
        quiet = try Self.pipeline()
        #expect(Self.plan(quiet, Self.observed([Self.file("a", age: 60)], check: .remarkable(["x"]))).actions.count == 1)
        var old = warned
        old.isCheckOld = true
        #expect(Self.plan(quiet, old).actions.map(\.kind) == [.check])
        let status = PipelineStatus.status(of: [:], .seen(quiet, Self.observed([], check: .remarkable(["x", "y"]))), trouble: nil, isPaused: false, now: Self.now)
        let conditions = (status["conditions"]?.array ?? []).compactMap(Condition.init)
        #expect(conditions["Valid"]?.status == .true && conditions["Valid"]?.reason == "AcceptedWithWarnings" && conditions["Valid"]?.message == "x\ny")
        #expect(conditions["Ready"]?.status == .true && conditions["Ready"]?.message == "ready to run, with 2 warnings: see condition Valid")
    }

    @Test func settledFilesMakeOneRunAndOthersAreWaitedFor() throws {
        let desired = try Self.pipeline()
        let plan = Self.plan(desired, Self.observed([Self.file("a", age: 60), Self.file("b", age: 6), Self.file("c", age: 4)]))
        guard case .createRun(let name, let files)? = plan.actions.first?.kind else { Issue.record("\(plan)"); return }
        #expect(files.map(\.path) == ["a", "b"] && plan.wake == .after(.seconds(1)))
        // The same files, the same run: made again after a crash it is there already.
        guard case .createRun(let again, _)? = Self.plan(desired, Self.observed([Self.file("a", age: 60), Self.file("b", age: 6)])).actions.first?.kind else { Issue.record("none"); return }
        #expect(again == name)
        guard case .createRun(let other, _)? = Self.plan(desired, Self.observed([Self.file("a", age: 61), Self.file("b", age: 6)])).actions.first?.kind else { Issue.record("none"); return }
        #expect(other != name)
    }

    @Test func aRunUnderWayIsWaitedForUnlessAllowed() throws {
        let busy = RunOutline(name: "r", uid: "1", phase: "Running", creation: Self.now, completion: nil)
        #expect(Self.plan(try Self.pipeline(), Self.observed([Self.file("a", age: 60)], runs: [busy])).actions.isEmpty)
        let allowing = try Self.pipeline { $0[path: ["spec", "concurrencyPolicy"]] = "Allow" }
        #expect(Self.plan(allowing, Self.observed([Self.file("a", age: 60)], runs: [busy])).actions.count == 1)
        let suspended = try Self.pipeline { $0[path: ["spec", "suspend"]] = true }
        #expect(Self.plan(suspended, Self.observed([Self.file("a", age: 60)])).actions.isEmpty)
    }

    @Test func oldRunsOfOursAreForgottenAndThoseOfPeopleAreNot() throws {
        func run(_ number: Int64, _ phase: String) -> RunOutline {
            .init(name: "r\(number)", uid: "\(number)", phase: phase, creation: Timestamp(seconds: number), completion: Timestamp(seconds: number))
        }
        let runs = [run(1, "Succeeded"), run(2, "Succeeded"), run(3, "Succeeded"), run(4, "Succeeded"), run(5, "Succeeded"), run(6, "Failed"), run(7, "Running")]
        var observed = Self.observed([], runs: runs)
        // Somebody else made it: it doesn't count.
        observed.ours.remove("2")
        #expect(Self.plan(try Self.pipeline(), observed).actions.map(\.kind) == [.deleteRun(name: "r1", uid: "1")])
    }
}
