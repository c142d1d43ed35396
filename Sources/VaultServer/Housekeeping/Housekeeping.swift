import Logging
import NIOCore
import VaultStore

/// What the daemon does by the clock: compaction, and removing what retention kept long enough.
final class Housekeeping: Sendable {
    private let vault: Vault
    private let reads: LongReads
    private let autoCompaction: AutoCompaction
    private let rotation: RotationPolicy
    private let wallClock: WallClock
    private let logger: Logger

    init(
        vault: Vault, reads: LongReads, autoCompaction: AutoCompaction, rotation: RotationPolicy,
        wallClock: WallClock, logger: Logger
    ) {
        self.rotation = rotation
        self.vault = vault
        self.reads = reads
        self.autoCompaction = autoCompaction
        self.wallClock = wallClock
        self.logger = logger
    }

    /// Starts the timers; they end with `loop`.
    func start(on loop: any EventLoop) {
        let vault = vault
        Self.every(Limits.auditLookInterval, on: loop) { vault.trail.lookSoon() }
        Self.every(Limits.auditLookInterval, on: loop) { vault.noteKeyringSoon() }
        Self.every(Limits.anchorInterval, on: loop) { vault.writeAnchorSoon() }
        Self.every(Limits.namesRefreshInterval, on: loop) { vault.access.refreshNames() }
        Self.every(Limits.unitRecheckInterval, on: loop) { vault.access.recheckUnits() }
        Self.every(Limits.shareLookInterval, on: loop) { vault.expireShares() }
        if rotation.isActive {
            let (policy, clock) = (rotation, wallClock)
            let age = policy.age > 0 ? policy.age : .max
            Self.every(min(age, Limits.rotationCheckInterval), on: loop) {
                vault.rotateIfDue(policy, now: clock.now())
            }
        }
        if let interval = autoCompaction.interval {
            repeated(every: interval, on: loop) { (store) throws(StoreError) in
                try self.compact(store)
            }
        }
        if vault.storeConfiguration.retention.contains(where: { $0.duration > 0 }) {
            repeated(every: Limits.tidyInterval, on: loop) { store throws(StoreError) in
                store.submit(.tidy) { _ in }
            }
        }
    }

    /// `job` is quick.
    private static func every(
        _ milliseconds: Int64, on loop: any EventLoop, _ job: @escaping @Sendable () -> Void
    ) {
        let delay = TimeAmount.milliseconds(milliseconds)
        loop.scheduleRepeatedTask(initialDelay: delay, delay: delay) { _ in job() }
    }

    private func repeated(
        every milliseconds: Int64, on loop: any EventLoop,
        _ job: @escaping @Sendable (Store) throws(StoreError) -> Void
    ) {
        let delay = TimeAmount.milliseconds(milliseconds)
        loop.scheduleRepeatedTask(initialDelay: delay, delay: delay) { _ in self.run(job) }
    }

    /// Not on the event loop. When too many long reads wait, the next time is soon enough.
    private func run(_ job: @escaping @Sendable (Store) throws(StoreError) -> Void) {
        _ = reads.submit(user: 0) {
            let store: Store
            do throws(VaultError) { store = try self.vault.open().store } catch { return true }
            // A restored vault does nothing by itself before somebody has accepted it.
            if store.quarantinedSince != nil { return true }
            do throws(StoreError) {
                try job(store)
            } catch {
                self.logger.warning("housekeeping failed", metadata: ["error": "\(error)"])
            }
            return true
        }
    }

    private func compact(_ store: Store) throws(StoreError) {
        guard let target = try autoCompaction.target(in: store, now: wallClock.now()) else {
            return
        }
        store.submit(.compact(target, physical: false)) { result in
            switch result {
            case .success:
                self.logger.info("compacted", metadata: ["revision": "\(target)"])
            case .failure(.compacted), .failure(.closed), .failure(.readOnly): break
            case .failure(let error):
                self.logger.warning("cannot compact", metadata: ["error": "\(error)"])
            }
        }
    }
}
