import Foundation
import Kernel
import Platform
import TestSupport
import Testing

/// kill -9 after every single write to the engine: the engine has done it, the reply never arrives, and the process is gone.
/// All of them: with an image that is there they are few. MILLWRIGHT_KILL_POINTS=N takes N of them, chosen by a seed.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct CrashTests {
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
        let life = EnvironmentLife(installation)

        // Undisturbed: how many writes each phase has, and what they leave.
        var writes: [Int] = []
        let undisturbed = try life.run(begins: { _ in proxy.killAtWrite(nil) }, ended: { _ in writes.append(proxy.writes.count) })
        #expect(writes.count == 3 && writes.allSatisfy { $0 >= 1 }, "\(writes)")

        let all = zip(EnvironmentLife.phases.indices, writes).flatMap { phase, count in (1...max(count, 1)).map { (phase, $0) } }
        let wanted = ProcessInfo.processInfo.environment["MILLWRIGHT_KILL_POINTS"].flatMap { Int($0) }
        print("kill points: \(all.count) in all, seed \(Splitmix.seed)")
        var random = Splitmix(state: Splitmix.seed)
        let chosen = wanted.map { Array(all.shuffled(using: &random).prefix($0)) } ?? all
        for (phase, write) in chosen {
            let trace = try life.run(begins: { proxy.killAtWrite($0 == phase ? write : nil) })
            #expect(trace == undisturbed, "killed after write \(write) of \(EnvironmentLife.phases[phase]) (seed \(Splitmix.seed))")
        }
    }
}
