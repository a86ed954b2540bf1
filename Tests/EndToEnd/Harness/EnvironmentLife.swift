import Foundation
import Kernel
import TestSupport

/// The life of one environment, create, update, delete, each to its end, on an installation that may be killed at any moment of it: then
/// it is started again and the command that was under way repeated.
struct EnvironmentLife {
    /// What a life leaves: the engine's own record of what was made and removed, and how the environment stood at the end of each phase.
    struct Trace: Equatable, CustomStringConvertible {
        var created: [String: Int] = [:]
        var removed: [String: Int] = [:]
        var ends: [String] = []
        var description: String { "created \(created.sorted { $0.key < $1.key }), removed \(removed.sorted { $0.key < $1.key }), ends \(ends)" }
    }

    static let phases = ["create", "update", "delete"]

    /// What gives and shows the documents.
    let installation: Installation
    /// Called in every wait: what was killed is started again.
    let revive: () throws -> Void
    /// What the engine's things of this life are labelled with.
    let installationID: () throws -> String
    /// Called when the end of a phase is seen, and until it says yes: that nothing is under way any more.
    var isQuiet: () -> Bool = { true }

    init(_ installation: Installation) {
        self.installation = installation
        revive = { if installation.process?.isRunning != true { try installation.start() } }
        installationID = { installation.installationID ?? "?" }
    }

    init(_ installation: Installation, installationID: @escaping () throws -> String, revive: @escaping () throws -> Void) {
        self.installation = installation
        self.installationID = installationID
        self.revive = revive
    }

    /// Runs the three phases and counts by the engine's events.
    ///
    /// - Parameters:
    ///   - begins: called with the phase's position before anything of it is done.
    ///   - ended: called after its end.
    func run(begins: (Int) -> Void, ended: (Int) -> Void = { _ in }) throws -> Trace {
        let since = try engineTime()
        var names: Set<String> = []
        var trace = Trace()
        for position in Self.phases.indices {
            begins(position)
            switch position {
            case 0: try apply(Documents.environment("line-1", namespace: "plant"))
            case 1: try apply(Documents.environment("line-1", namespace: "plant", env: "[{name: SITE, value: hamburg}]"))
            default:
                try command("kubectl delete gets through") {
                    try installation.kubectl(["delete", "environment", "line-1", "-n", "plant", "--wait=false", "--ignore-not-found"]).status == 0
                }
            }
            trace.ends.append(position == 2 ? try gone() : try ready())
            try waitUntil("nothing is under way any more", seconds: 120) {
                try revive()
                return isQuiet()
            }
            if position < 2 {
                // Their events carry no labels, so we know them by name; other tests share the engine.
                let ours = "millwright.dev/installation=\(try installationID())"
                names.formUnion((try Engine.networks(ours) + Engine.volumes(ours)).compactMap { $0["Name"]?.string })
            }
            ended(position)
        }
        try count(&trace, since: since, names: names)
        // The data volume survives the deletion; without it the next life is like the first.
        for volume in try Engine.volumes("millwright.dev/installation=\(try installationID())") {
            try Engine.call("DELETE", "/volumes/\(volume["Name"]?.string ?? "")")
        }
        return trace
    }

    private func command(_ what: String, _ body: () throws -> Bool) throws {
        try waitUntil(what, seconds: 120) {
            try revive()
            return (try? body()) ?? false
        }
    }

    private func apply(_ document: String) throws {
        try command("kubectl apply gets through") { try installation.kubectl(["apply", "-f", "-"], input: document).status == 0 }
    }

    /// - Returns: how the environment stands, without what differs from one life to the next.
    private func ready() throws -> String {
        var end = ""
        try waitUntil("the environment is ready", seconds: 120) {
            try revive()
            guard let object = try? installation.get("environment", "line-1", "-n", "plant"), let status = object["status"] else { return false }
            let conditions = status["conditions"]?.array?.compactMap { Condition($0) } ?? []
            let ready = conditions["Ready"]
            guard ready?.status == .true, ready?.observedGeneration == object["metadata"]?["generation"]?.int else { return false }
            let all = conditions.map { "\($0.type)=\($0.status.rawValue)" }.sorted().joined(separator: ",")
            let fields = ["phase", "replicas", "readyReplicas"].map { "\($0)=\(status[$0]?.text ?? "-")" }.joined(separator: ",")
            end = "generation \(object["metadata"]?["generation"]?.text ?? "-"), \(fields), \(all), \(status["instances"]?.array?.count ?? 0) instances"
            return conditions["Reconciling"]?.status != .true
        }
        return end
    }

    private func gone() throws -> String {
        try waitUntil("the environment is gone", seconds: 120) {
            try revive()
            let answer = try installation.kubectl(["get", "environment", "line-1", "-n", "plant"])
            guard answer.status != 0, answer.errors.contains("not found") else { return false }
            return try Engine.containers("millwright.dev/installation=\(try installationID())").isEmpty
        }
        return "gone"
    }

    private func engineTime() throws -> String {
        let text = try Engine.call("GET", "/info").json?["SystemTime"]?.string ?? ""
        guard let moment = Timestamp(rfc3339: text) else { throw NeverHappened(what: "the engine says its time; it said '\(text)'", seconds: 0) }
        return "\(moment.seconds).\(String(format: "%09d", moment.nanoseconds))"
    }

    private func count(_ trace: inout Trace, since: String, names: Set<String>) throws {
        let until = try engineTime()
        let reply = try Shell.run("/usr/bin/curl", ["-sS", "-m", "20", "--unix-socket", Engine.socket, "http://docker/events?since=\(since)&until=\(until)"])
        let id = try installationID()
        for line in reply.output.split(separator: "\n") {
            guard let event = try? JSONParser.parse(String(line)), let type = event["Type"]?.string, let action = event["Action"]?.string else { continue }
            let attributes = event["Actor"]?["Attributes"]
            let ours = attributes?["millwright.dev/installation"]?.string == id
                || (attributes?["name"]?.string ?? event["Actor"]?["ID"]?.string).map(names.contains) ?? false
            guard ours else { continue }
            if action == "create" { trace.created[type, default: 0] += 1 }
            if action == "destroy" { trace.removed[type, default: 0] += 1 }
        }
    }
}

/// Numbers by a seed, so that what a test chose can be chosen again.
struct Splitmix: RandomNumberGenerator {
    var state: UInt64

    /// The seed of this run: MILLWRIGHT_SEED, or the time.
    static let seed = UInt64(ProcessInfo.processInfo.environment["MILLWRIGHT_SEED"] ?? "") ?? UInt64(Date().timeIntervalSince1970)

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
