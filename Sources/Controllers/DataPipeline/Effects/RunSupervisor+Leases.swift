import Kernel
import Platform
import Reconciliation

/// Keeps the leases of the runs whose workers are here, and ends workers whose run is lost.
extension RunSupervisor {
    /// A worker whose lease could not be renewed for so long is ended: others may have the run soon, and nothing but time tells it.
    private static let fence = Duration.seconds(RunJournal.leaseSeconds - 2)

    /// Renews three times in the time that a lease holds.
    func keepLeases(until stop: StopSignal) async {
        while !stop.isStopping {
            do { try await clocks.sleep(for: .seconds(RunJournal.leaseSeconds) / 3) } catch { return }
            let uids = running.withLock { $0.keys.sorted() }
            guard !uids.isEmpty else { continue }
            let asked = clocks.monotonic
            do throws(ActionFailure) {
                let ours = try await journal.renew(uids)
                running.withLock { running in for (uid, _) in ours { running[uid]?.renewed = asked } }
                for uid in uids where !ours.contains(where: { $0.uid == uid }) { lose(uid) }
                for (uid, isClaimed) in ours where isClaimed { letGo(uid) }
            } catch { logger.warning("the leases of pipeline runs can't be renewed: \(error.message)") }
        }
    }

    /// A worker that is busy with a row or a batch of them hears of a cancellation when it is done with it. It is ended sooner, and another clears
    /// away what it wrote.
    private static let cancelGrace = Duration.seconds(3)

    func keepFence(until stop: StopSignal) async {
        while !stop.isStopping {
            do { try await clocks.sleep(for: .seconds(1)) } catch { return }
            let now = clocks.monotonic
            for (uid, entry) in running.withLock({ $0 }).sorted(by: { $0.key < $1.key }) where now - entry.renewed > Self.fence && !entry.isLetGo {
                logger.warning("a run's lease could not be renewed in time; its worker is ended, and the run goes on from its checkpoint", ["uid": uid])
                letGo(uid)
            }
            for (uid, entry) in running.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
                guard let cancelled = entry.cancelled, now - cancelled > Self.cancelGrace else { continue }
                logger.info("a cancelled run's worker is ended, as it has not ended by itself", ["uid": uid])
                running.withLock { $0[uid]?.cancelled = nil }
                entry.worker.kill()
            }
        }
    }

    /// Somebody else has the run: our worker must not write any more.
    func lose(_ uid: String) {
        let worker = running.withLock { running in
            if running[uid]?.isLetGo != true { running[uid]?.hasLost = true }
            return running[uid]?.worker
        }
        worker?.kill()
    }

    /// Ends the worker and gives the run back to the journal.
    func letGo(_ uid: String) {
        let worker = running.withLock { running in
            running[uid]?.isLetGo = true
            return running[uid]?.worker
        }
        worker?.kill()
    }
}
