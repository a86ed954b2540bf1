import Foundation
import Kernel
import Platform
import Testing

/// kill -9 after every single outside write: the engine has done it, the reply never arrives, and the process is gone.
/// All of them: with an image that is there they are few. MILLWRIGHT_KILL_POINTS=N takes N of them, chosen by a seed.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct CrashTests {
    /// What the whole life of an environment leaves in the engine's own record: what was made and what was removed.
    private struct Tally: Equatable, CustomStringConvertible {
        var created: [String: Int] = [:]
        var removed: [String: Int] = [:]
        var description: String { "created \(created.sorted { $0.key < $1.key }), removed \(removed.sorted { $0.key < $1.key })" }
    }

    /// The life: create, change, delete, each to its end.
    private static let phases: [(name: String, document: String?)] = [
        ("create", Documents.environment("line-1", namespace: "plant")),
        ("update", Documents.environment("line-1", namespace: "plant", env: "[{name: SITE, value: hamburg}]")),
        ("delete", nil),
    ]

    @Test func everyWriteMayBeTheLast() throws {
        let installation = try Installation("crash")
        nonisolated(unsafe) let target = installation
        let proxy = try EngineProxy(path: "\(installation.directory)/engine.sock") { target.killHard() }
        defer {
            installation.tearDown()
            proxy.close()
        }
        installation.dockerHost = proxy.host
        try installation.start()
        try installation.apply(Documents.namespace("plant"))

        // Undisturbed: how many writes each phase has, and what they leave.
        var writes: [Int] = []
        let undisturbed = try life(installation) { phase in
            proxy.killAtWrite(nil)
            return { writes.append(proxy.writes.count) }
        }
        #expect(writes.count == 3 && writes.allSatisfy { $0 >= 1 }, "\(writes)")

        let all = zip(Self.phases.indices, writes).flatMap { phase, count in (1...max(count, 1)).map { (phase, $0) } }
        let wanted = ProcessInfo.processInfo.environment["MILLWRIGHT_KILL_POINTS"].flatMap { Int($0) }
        let seed = UInt64(ProcessInfo.processInfo.environment["MILLWRIGHT_SEED"] ?? "") ?? UInt64(Date().timeIntervalSince1970)
        print("kill points: \(all.count) in all, seed \(seed)")
        var random = Splitmix(state: seed)
        let chosen = wanted.map { Array(all.shuffled(using: &random).prefix($0)) } ?? all
        for (phase, write) in chosen {
            let tally = try life(installation) { current in
                proxy.killAtWrite(current == phase ? write : nil)
                return {}
            }
            #expect(tally == undisturbed, "killed after write \(write) of \(Self.phases[phase].name) (seed \(seed))")
        }
    }

    /// Runs the three phases, starting Millwright again whenever it has been killed, and counts by the engine's events.
    private func life(_ installation: Installation, _ begin: (Int) -> () -> Void) throws -> Tally {
        let since = try engineTime()
        var names: Set<String> = []
        for (position, phase) in Self.phases.enumerated() {
            let end = begin(position)
            if let document = phase.document {
                try apply(installation, document)
                try ready(installation)
                // Their events carry no labels, so we know them by name; other tests share the engine.
                let ours = "millwright.dev/installation=\(installation.installationID ?? "?")"
                names.formUnion((try Engine.networks(ours) + Engine.volumes(ours)).compactMap { $0["Name"]?.string })
            } else {
                try revive(installation) { try installation.kubectl(["delete", "environment", "line-1", "-n", "plant", "--wait=false", "--ignore-not-found"]).status == 0 }
                try eventually("the environment is gone", seconds: 120) {
                    try reviveIfDead(installation)
                    let answer = try installation.kubectl(["get", "environment", "line-1", "-n", "plant"])
                    guard answer.status != 0, answer.errors.contains("not found") else { return false }
                    return try installation.containers(of: "line-1", in: "plant").isEmpty
                }
            }
            end()
        }
        let tally = try tally(since: since, installation, names: names)
        // The data volume survives the deletion; without it the next life is like the first.
        for volume in try Engine.volumes("millwright.dev/installation=\(installation.installationID ?? "?")") {
            try Engine.call("DELETE", "/volumes/\(volume["Name"]?.string ?? "")")
        }
        return tally
    }

    private func apply(_ installation: Installation, _ document: String) throws {
        try revive(installation) { try installation.kubectl(["apply", "-f", "-"], input: document).status == 0 }
    }

    private func ready(_ installation: Installation) throws {
        try eventually("the environment is ready", seconds: 120) {
            try reviveIfDead(installation)
            guard let object = try? installation.get("environment", "line-1", "-n", "plant") else { return false }
            let ready = object["status"]?["conditions"]?.array?.compactMap { Condition($0) }["Ready"]
            return ready?.status == .true && ready?.observedGeneration == object["metadata"]?["generation"]?.int
        }
    }

    private func revive(_ installation: Installation, _ command: () throws -> Bool) throws {
        try eventually("the command gets through", seconds: 120) {
            try reviveIfDead(installation)
            return (try? command()) ?? false
        }
    }

    private func reviveIfDead(_ installation: Installation) throws {
        if installation.process?.isRunning != true { try installation.start() }
    }

    private func engineTime() throws -> String {
        let text = try #require(try Engine.call("GET", "/info").json?["SystemTime"]?.string)
        let moment = try #require(Timestamp(rfc3339: text))
        return "\(moment.seconds).\(String(format: "%09d", moment.nanoseconds))"
    }

    private func tally(since: String, _ installation: Installation, names: Set<String>) throws -> Tally {
        let until = try engineTime()
        let reply = try Shell.run("/usr/bin/curl", ["-sS", "-m", "20", "--unix-socket", Engine.socket, "http://docker/events?since=\(since)&until=\(until)"])
        var tally = Tally()
        let id = installation.installationID ?? "?"
        for line in reply.output.split(separator: "\n") {
            guard let event = try? JSONParser.parse(String(line)), let type = event["Type"]?.string, let action = event["Action"]?.string else { continue }
            let attributes = event["Actor"]?["Attributes"]
            let ours = attributes?["millwright.dev/installation"]?.string == id
                || (attributes?["name"]?.string ?? event["Actor"]?["ID"]?.string).map(names.contains) ?? false
            guard ours else { continue }
            if action == "create" { tally.created[type, default: 0] += 1 }
            if action == "destroy" { tally.removed[type, default: 0] += 1 }
        }
        return tally
    }

    private struct Splitmix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
