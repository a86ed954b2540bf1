import Kernel
import Kubernetes
import Telemetry

/// Runs a `ReconciliationFlow`: observe, plan, act in order, look again, until there is nothing to do now; then show the status.
///
/// Guarantees: the finalizer is on the object before the first action, comes back when somebody takes it off while something made for
/// the object is there, and goes only when the plan is empty and the world was seen empty; nothing is done for a paused object; a failed action ends the pass and its failure decides when the next one comes; at
/// rest nothing is written.
public struct PlanningReconciler<Flow: ReconciliationFlow>: Reconciler {
    /// Rounds of looking and acting in one pass before others get their turn.
    public static var maximumRounds: Int { 8 }

    private let flow: Flow
    private let informer: Informer
    private let statuses: StatusWriter
    private let finalizers: Finalizers
    private let executor: GuardedExecutor
    private let events: EventRecorder

    public init(
        _ flow: Flow, informer: Informer, statuses: StatusWriter, executor: GuardedExecutor, events: EventRecorder,
        fieldManager: String = "millwright"
    ) {
        self.flow = flow
        self.informer = informer
        self.statuses = statuses
        self.executor = executor
        self.events = events
        finalizers = Finalizers(informer.client, informer.type, fieldManager: fieldManager)
    }

    public func forget(_ key: NamespacedName) async {
        statuses.forget(key)
        await flow.forget(key)
    }

    public func reconcile(_ object: KubernetesObject, in pass: PassContext) async -> PassResult {
        var run = Run(object: object.json(), done: [])
        if run.isReleased(flow.finalizer) { return .settled }
        for _ in 0..<Self.maximumRounds {
            if let result = await round(&run, pass) { return result }
        }
        return .again(after: .zero)
    }

    /// What a pass carries from round to round.
    private struct Run {
        var object: JSON
        var metadata: Metadata
        var done: [Flow.Action]

        init(object: JSON, done: [Flow.Action]) {
            self.object = object
            self.done = done
            metadata = Metadata(of: object)
        }

        mutating func take(_ fresh: KubernetesObject) {
            object = fresh.json()
            metadata = Metadata(of: object)
        }

        /// Being deleted, and no longer ours.
        func isReleased(_ finalizer: String?) -> Bool {
            metadata.isDeleting && !(finalizer.map { metadata.finalizers.contains($0) } ?? false)
        }
    }

    /// One look at the world and what follows; nil to look again.
    private func round(_ run: inout Run, _ pass: PassContext) async -> PassResult? {
        let desired: Flow.Desired
        let observed: Flow.Observed
        do throws(ActionFailure) { desired = try await flow.desired(run.object, in: pass) } catch {
            return await undecided(error, &run, pass)
        }
        do throws(ActionFailure) { observed = try await flow.observe(desired, run.object, in: pass) } catch {
            return await fail(.unobserved(desired, error), error, &run, pass)
        }
        let plan = Flow.Planning.plan(desired: desired, observed: observed, now: pass.clocks.now)

        let isAboutToAct = !plan.actions.isEmpty && !run.metadata.isPaused
        if isAboutToAct || !flow.isEmpty(observed), let result = await hold(&run, pass) { return result }
        if run.metadata.isPaused { return await conclude(.paused(desired, observed, plan), &run, pass, .settled) }
        guard !plan.actions.isEmpty else {
            if run.metadata.isDeleting, plan.waitingFor == nil, flow.isEmpty(observed) { return await release(&run, pass) }
            return await conclude(.planned(desired, observed, plan), &run, pass, PassResult(plan.wake))
        }

        // Shown before a long action runs. What can't be shown now is done all the same: the world is put right also while the store is away.
        // After a failure its reason stays until the actions have succeeded: a status that goes to and fro tells nobody anything.
        if pass.failures == 0 {
            switch await show(.acting(desired, observed, plan), &run, pass) {
            case .shown, .later: break
            case .gone: return .again(after: .zero)
            case .failed(.cancelled): return .cancelled
            case .failed: break
            }
        }

        let reference = ObjectRef(kind: flow.type.gvk, name: run.metadata.namespacedName, uid: run.metadata.uid)
        let outcome = await executor.run(plan.actions, for: reference, in: pass) { action throws(ActionFailure) in
            try await flow.execute(action, desired: desired, in: pass)
        }
        switch outcome {
        case .done:
            run.done += plan.actions
            return nil
        case .failed(let done, let failure):
            run.done += plan.actions.prefix(done)
            return await fail(.failed(desired, observed, plan, done: done, failure), failure, &run, pass)
        }
    }

    /// The finalizer is put on the object before the first action, and again when somebody took it off while something made for the
    /// object is there: without it a deletion would leave that behind, running and out of sight.
    ///
    /// - Returns: nil when it is held.
    private func hold(_ run: inout Run, _ pass: PassContext) async -> PassResult? {
        guard let finalizer = flow.finalizer, !run.metadata.isDeleting, !run.metadata.finalizers.contains(finalizer) else { return nil }
        do throws(KubernetesError) {
            let fresh = try await finalizers.add(finalizer, to: run.object, deadline: pass.remaining(atMost: .seconds(10)))
            noted(fresh, &run)
            return nil
        } catch { return PassResult(failure(error)) }
    }

    /// Nothing can be decided: what there is of the object is shown all the same, and held.
    private func undecided(_ failure: ActionFailure, _ run: inout Run, _ pass: PassContext) async -> PassResult {
        var seen: Flow.Observed?
        switch failure {
        case .stale, .cancelled: break
        case .transient, .terminal, .refused:
            // When that fails too, the first failure is the one to tell.
            do throws(ActionFailure) { seen = try await flow.observeUndecided(run.object, in: pass) } catch { seen = nil }
        }
        if let seen, !flow.isEmpty(seen), let result = await hold(&run, pass) { return result }
        return await fail(.undecided(failure, seen), failure, &run, pass)
    }

    private func fail(
        _ stage: PassReport<Flow.Planning>.Stage, _ failure: ActionFailure, _ run: inout Run, _ pass: PassContext
    ) async -> PassResult {
        switch failure {
        // The next look tells; a status made of this one would only flicker.
        case .stale, .cancelled: return PassResult(failure)
        case .transient, .terminal, .refused: break
        }
        if run.metadata.isForceDelete, let finalizer = flow.finalizer, run.metadata.finalizers.contains(finalizer) {
            events.record(
                EventNote(
                    .warning, reason: "ForceDeleted",
                    message: "Let go by annotation \(MillwrightName.forceDeleteAnnotation); what was made for it may be left behind, "
                        + "`millwright orphans` lists it. Last failure: \(failure.message)"),
                about: run.object)
            return await release(&run, pass)
        }
        return await conclude(stage, &run, pass, PassResult(failure))
    }

    /// Everything made for the object is gone: so is our hold on it.
    private func release(_ run: inout Run, _ pass: PassContext) async -> PassResult {
        guard let finalizer = flow.finalizer else { return .settled }
        do throws(KubernetesError) {
            if let left = try await finalizers.remove(finalizer, from: run.object, deadline: pass.remaining(atMost: .seconds(10))) {
                noted(left, &run)
            }
            return .settled
        } catch { return PassResult(failure(error)) }
    }

    /// What became of showing a stage.
    private enum Shown {
        case shown
        /// Only counters differ: they are due after that long.
        case later(Duration)
        /// The object is gone, or replaced by another of the same name: the informer will say so.
        case gone
        case failed(ActionFailure)
    }

    /// The end of a pass: what goes wrong with showing it may bring the next one sooner.
    private func conclude(
        _ stage: PassReport<Flow.Planning>.Stage, _ run: inout Run, _ pass: PassContext, _ result: PassResult
    ) async -> PassResult {
        switch await show(stage, &run, pass) {
        case .shown: result
        case .later(let wait): result.noLater(than: wait)
        case .gone: .again(after: .zero)
        case .failed(let failure): result.worse(PassResult(failure))
        }
    }

    /// Writes the status and records the events of a stage.
    private func show(_ stage: PassReport<Flow.Planning>.Stage, _ run: inout Run, _ pass: PassContext) async -> Shown {
        let report = PassReport<Flow.Planning>(object: run.object, stage: stage, done: run.done, failures: pass.failures)
        for note in flow.events(report) { events.record(note, about: run.object) }
        guard let proposal = flow.status(report, now: pass.clocks.now) else { return .shown }
        do throws(KubernetesError) {
            switch try await statuses.write(proposal, to: run.object, deadline: pass.remaining(atMost: .seconds(10))) {
            case .unchanged: return .shown
            case .deferred(let wait): return .later(wait)
            case .written(let fresh):
                noted(fresh, &run)
                return .shown
            }
        } catch {
            if error.isNotFound || error.isConflict { return .gone }
            return .failed(failure(error))
        }
    }

    private func noted(_ fresh: KubernetesObject, _ run: inout Run) {
        informer.note(ownWrite: fresh)
        run.take(fresh)
    }

    private func failure(_ error: KubernetesError) -> ActionFailure { ActionFailure(error, breaker: "kubernetes.\(informer.client.target).Write") }
}

extension PassResult {
    /// The same, but with another pass by then.
    func noLater(than wait: Duration) -> PassResult {
        switch self {
        case .settled, .stalled: .again(after: wait)
        case .again(let after): .again(after: min(after, wait))
        case .retry, .retryAfter, .cancelled: self
        }
    }

    /// Two results of one pass: a failure counts for more than a success.
    func worse(_ other: PassResult) -> PassResult {
        switch (self, other) {
        case (.cancelled, _), (_, .cancelled): .cancelled
        case (.retry, _), (.retryAfter, _): self
        case (.settled, _), (.again, _), (.stalled, _): other
        }
    }
}
