import Foundation
import Kernel
import Platform
import TestSupport
import Testing

/// kill -9 at the commits to PostgreSQL that belong to an environment's create, update and delete, just before or just after the answer
/// arrives. MILLWRIGHT_KILL_POINTS=all takes every one; else a few, chosen by a seed.
///
/// One life of the environment carries a kill in each of its phases, so that what one leaves behind meets the next.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct StoreCrashTests {
    @Test func everyCommitMayBeTheLast() throws {
        let installation = try Installation("store-crash")
        nonisolated(unsafe) let target = installation
        let server = try PostgresServer()
        let proxy = try StoreProxy(upstream: server.endpoint.host) { target.killHard() }
        defer {
            installation.tearDown()
            proxy.close()
            server.stop()
        }
        installation.environment["MILLWRIGHT_DATABASE_URL"] = try server.url(through: proxy.directory.path)
        try installation.start()
        try installation.apply(Documents.namespace("plant"))
        try enumerate(EnvironmentLife(installation), proxy)
    }

    /// The controllers of `millwright manager` die while the API server that took their write lives on: before it hears of the commit, and right after, when
    /// its own answer and the events of the watch are on their way to nobody.
    @Test func everyCommitMayBeTheManagersLast() throws {
        let cluster = try Installation("manager-crash")
        cluster.extraArguments = ["--without-controllers"]
        let manager = Locked<BackgroundProcess?>(nil)
        let server = try PostgresServer()
        let kill: @Sendable () -> Void = { manager.withLock { $0 }?.killTree() }
        let proxy = try StoreProxy(upstream: server.endpoint.host, staysConnected: true, onKill: kill)
        defer {
            kill()
            cluster.tearDown()
            proxy.close()
            server.stop()
        }
        cluster.environment["MILLWRIGHT_DATABASE_URL"] = try server.url(through: proxy.directory.path)
        try cluster.start()
        try #require(try cluster.kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], input: try cluster.millwright(["crds"]).output).status == 0)
        try cluster.apply(Documents.namespace("plant"))
        // On a cluster the installation is the uid of kube-system.
        let id = try #require(try cluster.get("namespace", "kube-system")?["metadata"]?["uid"]?.string)
        defer { Engine.removeEverything(ofInstallation: id) }
        let arguments = [
            "manager", "--kubeconfig", cluster.kubeconfig, "--data-dir", "\(cluster.directory)/manager", "--http-listen",
            "127.0.0.1:\(try Installation.freePort())",
        ]
        let log = "\(cluster.directory)/manager.log"
        let life = EnvironmentLife(cluster, installationID: { id }) {
            guard manager.withLock({ $0 })?.isRunning != true else { return }
            let fresh = try BackgroundProcess(Installation.binary, arguments, log: log)
            manager.withLock { $0 = fresh }
        }
        try enumerate(life, proxy)
    }

    private func enumerate(_ life: EnvironmentLife, _ proxy: StoreProxy) throws {
        var life = life
        let quiet = QuietTime(proxy)
        life.isQuiet = { quiet.hasPassed }
        var commits: [[[String]]] = []
        let undisturbed = try life.run(begins: { _ in proxy.arm(nil) }, ended: { _ in commits.append(proxy.commits) })
        for (phase, list) in zip(EnvironmentLife.phases, commits) { print("\(phase): \(list.count) commits: \(list)") }
        #expect(commits.allSatisfy { !$0.isEmpty })

        let wantsAll = ProcessInfo.processInfo.environment["MILLWRIGHT_KILL_POINTS"] == "all"
        var random = Splitmix(state: Splitmix.seed)
        // Of each phase the points in the order in which they are taken; with all, each phase begins again when it is through.
        let points = commits.map { list -> [StoreProxy.Point] in
            let all = (1...max(1, list.count)).flatMap { number in StoreProxy.Moment.allCases.map { StoreProxy.Point(number: number, moment: $0) } }
            return wantsAll ? all : Array(all.shuffled(using: &random).prefix(2))
        }
        var died = 0
        for round in 0..<(points.map(\.count).max() ?? 0) {
            var said: [String] = []
            let trace = try life.run(
                begins: { phase in
                    let point = points[phase][round % points[phase].count]
                    said.append("\(EnvironmentLife.phases[phase]) \(point.number) \(point.moment.rawValue)")
                    proxy.arm(point)
                },
                ended: { phase in
                    // Commits that come close together are one or two, as it falls; then the last point may not be reached.
                    if proxy.isArmed { said[phase] += " (not reached)" } else { died += 1 }
                })
            #expect(trace == undisturbed, "killed at commits: \(said.joined(separator: "; ")) (seed \(Splitmix.seed))")
            print("killed at commits: \(said.joined(separator: "; "))")
        }
        #expect(died >= (wantsAll ? points.map(\.count).reduce(0, +) * 3 / 4 : 4), "of all chosen points only \(died) were reached")
        print("\(died) kills, seed \(Splitmix.seed)")
    }
}

/// Whether no commit has come for a while: the phase is over, with the Events and status that come after.
private final class QuietTime {
    private let proxy: StoreProxy
    private var seen = -1
    private var since = Date()

    init(_ proxy: StoreProxy) { self.proxy = proxy }

    var hasPassed: Bool {
        let count = proxy.commits.count
        if count != seen { (seen, since) = (count, Date()) }
        return Date().timeIntervalSince(since) > 1
    }
}
