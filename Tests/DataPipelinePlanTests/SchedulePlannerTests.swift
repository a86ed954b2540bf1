import Kernel
import Resources
import RunSchedulePlan
import Schedules
import Testing

@Suite struct SchedulePlannerTests {
    static func schedule(_ change: (inout JSON) -> Void = { _ in }) throws -> DesiredSchedule {
        var object: JSON = [
            "metadata": ["name": "s", "namespace": "n", "uid": "u", "creationTimestamp": "2026-11-20T05:30:00Z"],
            "spec": ["schedule": "0 * * * *", "template": ["dataPipelineRun": ["pipelineRef": ["name": "p"]]]],
        ]
        change(&object)
        return try DesiredSchedule(object) { _ throws(ScheduleError) in .utc }
    }

    static func plan(_ desired: DesiredSchedule, at time: String, runs: [RunOutline] = [], last: String? = nil) throws -> Plan<ScheduleAction> {
        SchedulePlanner.plan(
            desired: desired, observed: ObservedSchedule(runs: runs, lastTime: last.flatMap(Timestamp.init(rfc3339:)), missed: 0), now: try #require(Timestamp(rfc3339: time)))
    }

    static func active(_ name: String) -> RunOutline {
        .init(name: name, uid: name, phase: "Running", creation: Timestamp(seconds: 0), completion: nil, isCancelling: false)
    }

    @Test func aRunIsMadeWhenItsTimeComesAndOnce() throws {
        let early = try Self.plan(try Self.schedule(), at: "2026-11-20T05:59:00Z")
        #expect(early.actions.isEmpty && early.wake == .after(.seconds(60)))
        let due = try Self.plan(try Self.schedule(), at: "2026-11-20T06:00:00Z")
        let time = try #require(Timestamp(rfc3339: "2026-11-20T06:00:00Z"))
        #expect(due.actions.map(\.kind) == [.createRun(name: "s-\(time.seconds / 60)", time: time)])
        let done = try Self.plan(try Self.schedule(), at: "2026-11-20T06:00:01Z", last: "2026-11-20T06:00:00Z")
        #expect(done.actions.isEmpty)
    }

    /// Nobody tells when rights come: it is looked for them, and the status says meanwhile what lacks.
    @Test func lackingRightsAreSaidBeforeItsTimeAndLookedForAgain() throws {
        let desired = try Self.schedule(), now = try #require(Timestamp(rfc3339: "2026-11-20T05:30:01Z"))
        let observed = ObservedSchedule(runs: [], lastTime: nil, missed: 0, rightsIssue: "there is no service account s")
        #expect(SchedulePlanner.plan(desired: desired, observed: observed, now: now).wake == .after(SchedulePlanner.rightsLook))
        let status = ScheduleStatus.status(of: [:], (desired, observed), trouble: nil, isPaused: false, now: now)
        let ready = status["conditions"]?.array?.compactMap(Condition.init)["Ready"]
        #expect(ready?.reason == "Forbidden" && ready?.message == "there is no service account s. The next run is due at 2026-11-20T06:00:00Z", "\(status.text)")
    }

    @Test func ofTimesThatWentByTheLatestGetsARun() throws {
        let plan = try Self.plan(try Self.schedule(), at: "2026-11-20T09:30:00Z")
        #expect(plan.actions.count == 2)
        guard case .passOver(_, 3)? = plan.actions.first?.kind, case .createRun(_, let time)? = plan.actions.last?.kind else { Issue.record("\(plan)"); return }
        #expect(time.rfc3339 == "2026-11-20T09:00:00Z")
    }

    @Test func lateOnesAreLeftOutByTheDeadline() throws {
        let strict = try Self.schedule { $0[path: ["spec", "startingDeadlineSeconds"]] = 60 }
        guard case .passOver? = try Self.plan(strict, at: "2026-11-20T06:02:00Z").actions.first?.kind else { Issue.record("it was made"); return }
        #expect(try Self.plan(strict, at: "2026-11-20T06:01:00Z").actions.count == 1)
    }

    @Test func suspendedTimesAreNotMadeUpFor() throws {
        let suspended = try Self.schedule { $0[path: ["spec", "suspend"]] = true }
        guard case .passOver(_, 0)? = try Self.plan(suspended, at: "2026-11-20T06:02:00Z").actions.first?.kind else { Issue.record("it was made"); return }
    }

    @Test func runsThatMeetFollowThePolicy() throws {
        func kinds(_ policy: JSON) throws -> [ScheduleAction.Kind] {
            try Self.plan(try Self.schedule { $0[path: ["spec", "concurrencyPolicy"]] = policy }, at: "2026-11-20T06:00:00Z", runs: [Self.active("a")]).actions.map(\.kind)
        }
        #expect(try kinds("Allow").count == 1)
        guard case .passOver(_, 1)? = try kinds("Forbid").first, try kinds("Forbid").count == 1 else { Issue.record("forbidden ones are made"); return }
        #expect(try kinds("Replace").first == .cancelRun(name: "a") && kinds("Replace").count == 2)
    }

    /// A schedule for a pipeline that isn't there would make runs without end.
    @Test func runsThatDoNotBeginAreNotPiledUp() throws {
        var runs = (0..<SchedulePlanner.mostWaiting - 1).map { RunOutline(name: "r\($0)", uid: "\($0)", phase: "Pending", creation: Timestamp(seconds: 1), completion: nil) }
        func kinds() throws -> [ScheduleAction.Kind] {
            try Self.plan(try Self.schedule { $0[path: ["spec", "concurrencyPolicy"]] = "Allow" }, at: "2026-11-20T06:00:01Z", runs: runs).actions.map(\.kind)
        }
        #expect(try kinds().contains { if case .createRun = $0 { true } else { false } })
        runs.append(RunOutline(name: "last", uid: "x", phase: "", creation: Timestamp(seconds: 1), completion: nil))
        #expect(try !kinds().contains { if case .createRun = $0 { true } else { false } })
        #expect(try kinds().contains { if case .passOver(_, 1) = $0 { true } else { false } })
        let desired = try Self.schedule { $0[path: ["spec", "concurrencyPolicy"]] = "Allow" }
        let status = ScheduleStatus.status(of: [:], (desired, ObservedSchedule(runs: runs, lastTime: nil, missed: 0, rightsIssue: nil)), trouble: nil, isPaused: false, now: desired.creation)
        let ready = (status["conditions"]?.array ?? []).compactMap(Condition.init)["Ready"]
        #expect(ready?.status == .unknown && ready?.message.contains("see why run r0 doesn't begin") == true, "\(status.text)")
        runs = runs.map { RunOutline(name: $0.name, uid: $0.uid, phase: "Running", creation: $0.creation, completion: nil) }
        #expect(try kinds().contains { if case .createRun = $0 { true } else { false } })
    }

    @Test func badSchedulesSayWhy() {
        for (change, reason) in [
            ({ (o: inout JSON) in o[path: ["spec", "schedule"]] = "soon" }, ScheduleReason.invalidSchedule), ({ $0[path: ["spec", "template"]] = [:] }, .invalidSpec),
        ] as [((inout JSON) -> Void, ScheduleReason)] {
            #expect(throws: (any Error).self) { _ = try Self.schedule(change) }
            do { _ = try Self.schedule(change) } catch let error as ScheduleIssue { #expect(error.reason == reason) } catch { Issue.record("\(error)") }
        }
    }
}
