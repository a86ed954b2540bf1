import EventLoop
import Glibc
import Kernel
import Platform
import ServiceKit
import Telemetry

/// The process that works: below `up` with the API server in it, below `manager` against somebody else's.
enum ControlPlane {
    static func run(_ settings: Settings) async throws -> Int32 {
        let signals = Signals(blocking: Supervision.signals)
        let logger = settings.logger
        OpenFiles.raiseLimit()
        let lock = try settings.dataDirectory.waitForPredecessor()
        defer { withExtendedLifetime(lock) {} }
        let loop = try EventLoop()
        try loop.start(name: "event-loop")
        let composition: Composition
        switch settings.mode {
        case .embedded(let listen): composition = try await Composition.embedded(settings, listen: listen, loop: loop, logger: logger)
        case .manager(let kubeconfig): composition = try await Composition.manager(settings, kubeconfig: kubeconfig, loop: loop, logger: logger)
        }
        let group = ServiceGroup(composition.services, logger: logger)
        signals.deliver { number in
            guard number == SIGTERM || number == SIGINT else { return }
            logger.info("stopping", ["signal": "\(number)"])
            group.stop()
        }
        Lifeline.watch {
            logger.warning("the supervisor is gone; stopping")
            group.stop()
            // PostgreSQL goes with the supervisor, and nobody is left to end us: what can't be finished soon is left to the next start.
            sleep(10)
            _exit(ExitStatus.failure)
        }
        // At exit OpenSSL frees what a loop that still runs would use.
        defer { loop.stop() }
        try await group.run(ready: {
            composition.announce()
            // Starting took much code that serving doesn't.
            Memory.giveBackCode()
        })
        return ExitStatus.success
    }
}
