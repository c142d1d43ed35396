import Logging
import Synchronization
import VaultAccess
import VaultSeal
import VaultStore

/// The vault of one data directory, through all its states. Thread-safe.
///
/// Decisions are `Lifecycle`'s, made under one short lock; what they ask for is done after the lock
/// is released, on threads of their own, because Argon2id and the scan of the records take seconds.
final class Vault: Sendable {
    struct State {
        var lifecycle: Lifecycle<OpenVault> {
            didSet { for door in doors { door.set(lifecycle.unsealed) } }
        }
        var doors: [VaultDoor] = []
        var pacing = AttemptPacing()
        var keyring: KeyringDescription?
        var damage: String?
        /// What the anchor file says, when it was written since the start.
        var anchor: Anchor?
        /// Told when sealing has ended.
        var sealWaiters: [@Sendable () -> Void] = []
        var observers: [@Sendable () -> Void] = []
    }

    let directory: DataDirectory
    let storeConfiguration: StoreConfiguration
    let passphraseCost: PassphraseCost
    let logger: Logger
    let access: AccessControl
    let trail: AuditTrail
    /// Where how far the vault is is kept; empty for nowhere.
    let anchorPath: String
    /// Whether a slot is believed that anybody could have made who had seen the keyring.
    let acceptsUnprovenSlots: Bool
    let state: Mutex<State>
    /// Never locked together with `state`.
    let shares = Mutex(ShareAttempt())
    /// Derives keys from passphrases: long, greedy, and never in the way of reads.
    let keyThread = WorkerThread(
        jobsMax: Limits.unsealAttemptsMax, nice: Limits.backgroundNice)
    /// Opens and closes stores. Not reniced: the store's own threads inherit the value.
    let storeThread = WorkerThread(jobsMax: Limits.unsealAttemptsMax)
    /// Writes the anchor file, on a disk that may be slow.
    let anchorThread = WorkerThread(jobsMax: 2, nice: Limits.backgroundNice)
    /// Copies the records, one copy at a time, and reads copies for those who take one.
    let copyThread = WorkerThread(
        jobsMax: Limits.copyJobsMax, nice: Limits.backgroundNice)

    /// Makes archives, one at a time, and waits for those who take them.
    let backupThread = WorkerThread(
        jobsMax: Limits.backupJobsMax, nice: Limits.backgroundNice)

    init(
        directory: DataDirectory, storeConfiguration: StoreConfiguration,
        passphraseCost: PassphraseCost, access: AccessControl, trail: AuditTrail,
        anchorPath: String = "", acceptsUnprovenSlots: Bool = false, logger: Logger
    ) throws(VaultError) {
        let current: CurrentFile?
        do throws(DataDirectoryError) {
            current = try directory.current()
        } catch {
            throw .directory(error)
        }
        if let current { try trail.begin(current.storeID) }
        let isInitialized = current != nil
        self.directory = directory
        self.access = access
        self.trail = trail
        self.anchorPath = anchorPath
        self.acceptsUnprovenSlots = acceptsUnprovenSlots
        self.storeConfiguration = storeConfiguration
        self.passphraseCost = passphraseCost
        self.logger = logger
        state = Mutex(State(lifecycle: Lifecycle(isInitialized: isInitialized)))
        if isInitialized { describeKeyring() }
    }

    /// The open store for one call. The store itself stays open until reads and writes under way
    /// have finished, and refuses later ones.
    func open() throws(VaultError) -> OpenVault {
        try state.withLock { state throws(VaultError) in try state.lifecycle.session() }
    }

    /// The same through the door of the event loop that asks.
    func open(_ door: VaultDoor) throws(VaultError) -> VaultDoor.Entry {
        if let entry = door.entry { return entry }
        return VaultDoor.Entry(try open())
    }

    /// A door for one more event loop.
    func makeDoor() -> VaultDoor {
        let door = VaultDoor()
        state.withLock { state in
            door.set(state.lifecycle.unsealed)
            state.doors.append(door)
        }
        return door
    }

    /// Tells `observer` whenever the vault starts or stops serving. Called on any thread.
    func observe(_ observer: @escaping @Sendable () -> Void) {
        state.withLock { $0.observers.append(observer) }
    }

    var isServing: Bool {
        state.withLock { state in
            if case .unsealed = state.lifecycle.phase { true } else { false }
        }
    }

    /// It is open, and what is asked of it can be done. With a file that failed only reads can.
    var isWell: Bool {
        state.withLock { state in
            if case .unsealed(let open) = state.lifecycle.phase {
                open.store.failure == nil
            } else {
                false
            }
        }
    }

    func status() -> VaultStatus {
        let shares = shares.withLock { $0.progress }
        return state.withLock { state in
            var status = VaultStatus(
                isInitialized: state.lifecycle.isInitialized, isSealed: true,
                keyring: state.keyring, damage: state.damage)
            status.shares = shares
            if case .unsealed(let open) = state.lifecycle.phase {
                status.isSealed = false
                status.store = open.store.status()
            }
            return status
        }
    }

    /// Records that what was read is not what was written, and stops serving it.
    func reportDamage(_ what: String) {
        let isNew = state.withLock { state in
            guard state.damage == nil else { return false }
            state.damage = what
            return true
        }
        guard isNew else { return }
        logger.critical("the vault is damaged and seals itself", metadata: ["what": "\(what)"])
        seal { _ in }
    }

    /// Ends the vault's threads and gives the directory free. Seal first.
    func shutdown() async {
        await keyThread.shutdown()
        await storeThread.shutdown()
        await copyThread.shutdown()
        await backupThread.shutdown()
        await anchorThread.shutdown()
        await access.shutdown()
        await trail.close()
        directory.release()
    }

    func notifyObservers() {
        for observer in state.withLock({ $0.observers }) { observer() }
    }

    /// Reads what the keyring file says of itself, for `status`.
    func describeKeyring() {
        do throws(SealError) {
            let keyring = try KeyringFile.describe(in: directory.path)
            state.withLock { $0.keyring = keyring }
        } catch {
            logger.error("the keyring cannot be read", metadata: ["error": "\(error)"])
        }
    }
}
