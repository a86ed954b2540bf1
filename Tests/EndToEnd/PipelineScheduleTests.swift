import Foundation
import Kernel
import TestSupport
import Testing

/// RunSchedules with real runs. Nobody waits for a minute to pass: a schedule whose status says that its last time was long ago has times to make up
/// for, as after a server that was away; its next natural time is most of an hour off.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct PipelineScheduleTests {
    private static let account = """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: scheduler}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: scheduler}
        rules: [{apiGroups: [millwright.dev], resources: [datapipelineruns], verbs: [create]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: scheduler}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: scheduler}
        subjects: [{kind: ServiceAccount, name: scheduler, namespace: default}]
        ---

        """

    /// Due at the minute that was two minutes ago, and every hour from then.
    private func schedule(_ name: String, _ pipeline: String, _ more: String = "", account: String = "scheduler") -> String {
        let minute = (Int(Date().timeIntervalSince1970) / 60 - 2) % 60
        return """
            apiVersion: millwright.dev/v1alpha1
            kind: RunSchedule
            metadata: {name: \(name)}
            spec: {schedule: "\(minute) * * * *", serviceAccountName: \(account), template: {dataPipelineRun: {pipelineRef: {name: \(pipeline)}, parameters: {to: "\(name)", from: \(pipeline == "slow" ? "gate" : pipeline)}}}\(more)}
            ---

            """
    }

    private func status(_ installation: Installation, _ name: String) throws -> JSON? { try installation.get("runschedule", name)?["status"] }

    private func runs(_ installation: Installation, of schedule: String) throws -> [JSON] {
        (try installation.get("dpr", "-l", "millwright.dev/schedule=\(schedule)")?["items"]?.array ?? []).filter { $0["metadata"]?["annotations"]?["millwright.dev/scheduled-time"] != nil }
    }

    /// The schedule has done nothing since then.
    private func setBack(_ installation: Installation, _ name: String, hours: Double) throws {
        try waitUntil("schedule \(name) is looked after") { try status(installation, name)?["nextScheduleTime"] != nil }
        let time = Timestamp(seconds: Int64(Date().timeIntervalSince1970 - hours * 3600)).rfc3339
        let result = try installation.kubectl(["patch", "runschedule", name, "--subresource=status", "--type", "merge", "-p", #"{"status":{"lastScheduleTime":"\#(time)"}}"#])
        guard result.status == 0 else { throw NeverHappened(what: "the status of \(name) can be set back: \(result.all)", seconds: 0) }
    }

    @Test func schedulesMakeUpForOneTimeAndMeetTheirRunsByPolicy() throws {
        let installation = try Installation("schedules")
        defer { installation.tearDown() }
        try installation.start()
        let gate = try installation.makeGate("in/gate.csv")
        defer { withExtendedLifetime(gate) {} }
        try installation.writeInput("in/quick.csv", Documents.rows(0..<3))
        try installation.apply(
            Self.account + Documents.slowPipeline("slow", toil: 1, more: "  concurrencyPolicy: Allow") + Documents.slowPipeline("quick", toil: 1, more: "  concurrencyPolicy: Allow"))
        let policies = ["Forbid", "Replace", "Allow"]
        for policy in policies {
            let name = policy.lowercased()
            try installation.apply(schedule(name, "slow", ", concurrencyPolicy: \(policy)"))
            // As the schedule's last run would be, still under way.
            try installation.apply(Documents.run("\(name)-before", "slow", ", parameters: {to: \(name)-before, from: gate}", labels: "millwright.dev/schedule: \(name)"))
        }
        try installation.apply(schedule("once", "quick") + schedule("late", "quick", ", startingDeadlineSeconds: 5") + schedule("idle", "quick", ", suspend: true") + schedule("nobody", "quick", account: "stranger"))

        // Of three times that went by the latest gets a run, in the time's name; and no second one comes.
        try setBack(installation, "once", hours: 2.5)
        try waitUntil("the run of the latest time has succeeded") { try runs(installation, of: "once").contains { $0["status"]?["phase"] == "Succeeded" } }
        let once = try runs(installation, of: "once")
        #expect(once.count == 1 && once[0]["metadata"]?["ownerReferences"]?[0]?["kind"] == "RunSchedule", "\(once.map(\.text))")
        let said = try status(installation, "once")
        let scheduled = once.first?["metadata"]?["annotations"]?["millwright.dev/scheduled-time"]
        #expect(said?["missed"] == 2 && said?["lastScheduleTime"] == scheduled, "\(said?.text ?? "")")
        try waitUntil("no run is active") { try status(installation, "once")?["activeRuns"] == 0 }
        #expect(installation.output("out/once.csv") != nil)

        // Later than the deadline: none. Without the right: none, and the status says what to bind, before its time comes.
        try waitUntil("a schedule without its account says so at once") {
            try status(installation, "nobody")?["conditions"]?.array?.contains {
                $0["type"] == "Ready" && $0["reason"] == "Forbidden" && $0["message"]?.string?.contains("there is no service account stranger") == true && $0["message"]?.string?.contains("The next run is due at") == true
            } == true
        }
        for name in ["late", "nobody"] { try setBack(installation, name, hours: 0.5) }
        try waitUntil("a time beyond the deadline is counted as missed") { try status(installation, "late")?["missed"]?.int ?? 0 >= 1 }
        try waitUntil("a schedule without rights says so") {
            try status(installation, "nobody")?["conditions"]?.array?.contains { $0["type"] == "Ready" && $0["reason"] == "Forbidden" && ($0["message"]?.string?.contains("bind it to a Role") ?? false) } == true
        }
        #expect(try runs(installation, of: "late").isEmpty && runs(installation, of: "nobody").isEmpty)

        for policy in policies { try installation.waitForRun("\(policy.lowercased())-before", ["Running"]) }
        for policy in policies { try setBack(installation, policy.lowercased(), hours: 0.5) }
        // Forbid: the time goes by. Allow: both run. Replace: the earlier one is cancelled.
        try waitUntil("a forbidden time is counted as missed") { try status(installation, "forbid")?["missed"] == 1 }
        #expect(try runs(installation, of: "forbid").isEmpty)
        try waitUntil("both run") { try status(installation, "allow")?["activeRuns"] == 2 }
        #expect(try installation.phase(ofRun: "allow-before") == "Running")
        try installation.waitForRun("replace-before", ["Cancelled"])
        try waitUntil("the new one runs") { try runs(installation, of: "replace").first?["status"]?["phase"] == "Running" }

        // While it is suspended times go by, and are not made up for afterwards.
        try waitUntil("the suspended schedule says so") { try status(installation, "idle")?["conditions"]?.array?.contains { $0["type"] == "Ready" && $0["reason"] == "Suspended" } == true }
        let time = Timestamp(seconds: Int64(Date().timeIntervalSince1970) - 9000).rfc3339
        try installation.kubectl(["patch", "runschedule", "idle", "--subresource=status", "--type", "merge", "-p", #"{"status":{"lastScheduleTime":"\#(time)"}}"#])
        try waitUntil("the times go by") { try status(installation, "idle")?["lastScheduleTime"]?.string ?? "" > time }
        try installation.kubectl(["patch", "runschedule", "idle", "--type", "merge", "-p", #"{"spec":{"suspend":false}}"#])
        try waitUntil("it waits for its next time") { try status(installation, "idle")?["nextScheduleTime"] != nil }
        #expect(try runs(installation, of: "idle").isEmpty)

        // History: of its ended runs one is kept; and all go with the schedule.
        try installation.kubectl(["patch", "runschedule", "once", "--type", "merge", "-p", #"{"spec":{"successfulRunsHistoryLimit":0}}"#])
        try waitUntil("the ended run is forgotten") { try runs(installation, of: "once").isEmpty }
        try installation.kubectl(["delete", "runschedule", "allow", "replace"])
        try waitUntil("runs go with their schedule") { try runs(installation, of: "allow").isEmpty && runs(installation, of: "replace").isEmpty }
    }
}
