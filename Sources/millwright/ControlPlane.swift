import EventLoop
import Glibc
import Kernel
import Platform
import ServiceKit
import Telemetry

/// The process that works: below `up` with the API server in it, below `manager` against somebody else's.
enum ControlPlane {
    static func run(_ settings: Settings) async throws -> Int32 {
        // Blocked here, before other threads start, so that one thread alone takes them.
        let signals = Signals(blocking: [SIGTERM, SIGINT, SIGHUP])
        let logger = settings.logger
        let loop = try EventLoop()
        try loop.start(name: "event-loop")
        let composition: Composition
        switch settings.mode {
        case .embedded(let listen): composition = try await Composition.embedded(settings, listen: listen, loop: loop, logger: logger)
        case .manager(let kubeconfig): composition = try await Composition.manager(settings, kubeconfig: kubeconfig, loop: loop, logger: logger)
        }
        let group = ServiceGroup(composition.services, logger: logger)
        signals.deliver { number in
            guard number != SIGHUP else { return }
            logger.info("stopping", ["signal": "\(number)"])
            group.stop()
        }
        Lifeline.watch {
            logger.warning("the supervisor is gone; stopping")
            group.stop()
        }
        try await group.run(ready: { composition.announce() })
        return ExitStatus.success
    }
}
