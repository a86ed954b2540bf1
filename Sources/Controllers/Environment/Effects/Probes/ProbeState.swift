import EnvironmentPlan
import Kernel
import Resources

/// The probes of one run of one container: when the next is due, and what they come to. A value; `Prober` is its shell.
struct ProbeState: Sendable {
    enum Kind: Int, Sendable, CaseIterable {
        case startup, liveness, readiness
        var name: String { ["startup", "liveness", "readiness"][rawValue] }
    }

    private struct Track: Sendable {
        var probe: Probe
        var tally = ProbeTally()
        var due: MonotonicInstant
    }

    /// Until an instance was ready for the first time it is asked at least that often, so that it counts as soon as it can serve.
    private static let eager = Duration.seconds(1)

    private var tracks: [Kind: Track] = [:]
    private var wasReady = false

    init(startup: Probe?, readiness: Probe?, liveness: Probe?, startedAgo: Duration, now: MonotonicInstant) {
        for (kind, probe) in [(Kind.startup, startup), (.readiness, readiness), (.liveness, liveness)] {
            guard let probe else { continue }
            let wait = max(probe.initialDelay - startedAgo, .zero)
            tracks[kind] = Track(probe: probe, due: now + wait)
        }
    }

    /// While the startup probe hasn't passed, the others wait.
    private var isStarting: Bool { tracks[.startup].map { $0.tally.verdict != .passed } ?? false }

    private var active: [Kind] {
        if isStarting { return hasFailed(.startup) ? [] : [.startup] }
        return Kind.allCases.filter { $0 != .startup && tracks[$0] != nil }
    }

    private func hasFailed(_ kind: Kind) -> Bool { tracks[kind]?.tally.verdict == .failed }

    /// The next to be asked, and when; nil when there is none.
    var next: (kind: Kind, probe: Probe, due: MonotonicInstant)? {
        active.compactMap { kind in tracks[kind].map { (kind, $0.probe, $0.due) } }.min { ($0.2, $0.0.rawValue) < ($1.2, $1.0.rawValue) }
    }

    mutating func record(_ kind: Kind, _ answer: ProbeAnswer, now: MonotonicInstant) {
        guard var track = tracks[kind] else { return }
        let wasStarting = isStarting
        track.tally.record(answer, track.probe)
        let isEager = kind == .readiness && !wasReady && track.tally.verdict != .passed
        track.due = now + (isEager ? min(track.probe.period, Self.eager) : track.probe.period)
        tracks[kind] = track
        if kind == .readiness, track.tally.verdict == .passed { wasReady = true }
        if wasStarting, !isStarting {
            for other in [Kind.readiness, .liveness] where (tracks[other]?.due ?? now) < now { tracks[other]?.due = now }
        }
    }

    var result: ObservedContainer.Probes {
        if let startup = tracks[.startup], startup.tally.verdict != .passed {
            let message = startup.tally.lastFailure
            if startup.tally.verdict == .failed {
                return .init(
                    readiness: .unready("startup probe failed: \(message)"),
                    failed: "startup probe failed \(startup.tally.failures) times: \(message)")
            }
            return .init(readiness: .unready(message.isEmpty ? "startup probe hasn't passed yet" : "startup probe: \(message)"))
        }
        var probes = ObservedContainer.Probes()
        if let liveness = tracks[.liveness], liveness.tally.verdict == .failed {
            probes.failed = "liveness probe failed \(liveness.tally.failures) times: \(liveness.tally.lastFailure)"
        }
        if let readiness = tracks[.readiness], readiness.tally.verdict != .passed {
            let message = readiness.tally.lastFailure
            probes.readiness = .unready(message.isEmpty ? "readiness probe hasn't passed yet" : "readiness probe: \(message)")
        }
        return probes
    }
}
