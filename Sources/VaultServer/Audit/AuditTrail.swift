import Logging
import RPC
import Synchronization
import VaultAccess
import VaultSeal

/// The audit log of the vault, from the moment it is initialised. Thread-safe.
///
/// A vault that has no keys yet has nothing to hide and no name that a log could bear: what is
/// asked of it before is not written down.
final class AuditTrail: Sendable {
    private struct State {
        var log: AuditLog?
        var keys: AuditKeys?
        /// What opened the vault.
        var slot: AuditSlot?
        /// The store's newest when it was opened.
        var revision: Int64?
        /// The log could not be told of the keys; it is tried again.
        var isUnlockDue = false
    }

    let directory: String
    private let settings: AuditSettings
    /// Writes the names of keys as they are.
    private let namesKeys: Bool
    /// Looks after the files.
    private let thread = WorkerThread(jobsMax: 2)
    private let logger: Logger
    private let state = Mutex(State())
    /// Grows when `log` or the keys are others.
    private let changes = Atomic<UInt64>(1)
    private let isOpenForAll = Atomic<Bool>(true)

    init(directory: String, _ configuration: AuditConfiguration, logger: Logger) {
        self.directory = directory
        settings = configuration.settings
        namesKeys = configuration.namesKeys
        self.logger = logger
    }

    /// Opens the log of a vault that is initialised.
    func begin(_ storeID: StoreID) throws(VaultError) {
        let log: AuditLog
        do throws(AuditError) {
            log = try AuditLog(
                directory: directory, storeID: storeID, settings: settings,
                now: CalendarClock.now())
        } catch {
            throw .audit(error)
        }
        state.withLock { $0.log = log }
        changes.wrappingAdd(1, ordering: .releasing)
        look()
    }

    /// What `begin` was called for is no vault after all.
    func end() {
        let log = state.withLock { state in
            defer { state.log = nil }
            return state.log
        }
        changes.wrappingAdd(1, ordering: .releasing)
        isOpenForAll.store(true, ordering: .relaxed)
        log?.close()
    }

    var log: AuditLog? { state.withLock { $0.log } }
    var version: UInt64 { changes.load(ordering: .acquiring) }

    /// How key names are written now.
    var keyNames: AuditKeyNames {
        namesKeys ? .plain : .hashed(state.withLock { $0.keys })
    }

    /// What the log writes for a key; nil while it has no keys.
    func name(ofKey key: [UInt8]) -> String? {
        guard let keys = state.withLock({ $0.keys }) else { return nil }
        var digest = [UInt8](repeating: 0, count: AuditKeys.digestCount)
        let isDone = key.withUnsafeBytes { key in
            digest.withUnsafeMutableBytes { keys.keyHash(of: key, into: $0) }
        }
        return isDone ? "h:" + Self.hexadecimal(digest) : nil
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".unicodeScalars)
        var text = ""
        for byte in bytes {
            text.unicodeScalars.append(digits[Int(byte >> 4)])
            text.unicodeScalars.append(digits[Int(byte & 15)])
        }
        return text
    }

    /// The vault is unsealed: lines are authenticated from now on.
    func unlock(_ keys: AuditKeys, through slot: AuditSlot, at revision: Int64) {
        let log = state.withLock { state in
            state.keys = keys
            state.slot = slot
            state.revision = revision
            state.isUnlockDue = false
            return state.log
        }
        changes.wrappingAdd(1, ordering: .releasing)
        do throws(AuditError) {
            try log?.unlock(
                keys, through: slot, revision: revision, now: CalendarClock.now())
        } catch {
            state.withLock { $0.isUnlockDue = true }
            // Administrators may still come in, see to it and have it go on.
            logger.error(
                "the audit log does not say that it was unsealed",
                metadata: [
                    "error": "\(error)"
                ])
            noteFailure()
        }
    }

    /// The vault was opened although it is damaged.
    func noteDamage(count: UInt64, records: UInt64) {
        do throws(AuditError) {
            try log?.noteDamage(count: count, records: records, now: CalendarClock.now())
        } catch {
            logger.error(
                "the audit log does not say that the vault is damaged",
                metadata: ["error": "\(error)"])
            noteFailure()
        }
    }

    /// The vault that was opened had been restored.
    func noteRestored(_ restoration: AuditRestoration) {
        do throws(AuditError) {
            try log?.noteRestored(restoration, now: CalendarClock.now())
        } catch {
            logger.error(
                "the audit log does not say that the vault was restored",
                metadata: ["error": "\(error)"])
            noteFailure()
        }
    }

    /// The root key was changed while the vault serves: lines are authenticated with its keys.
    func rekey(_ keys: AuditKeys) {
        let log: AuditLog? = state.withLock { state in
            // Sealed meanwhile: the next unseal brings the keys.
            guard state.keys != nil else { return nil }
            state.keys = keys
            return state.log
        }
        guard let log else { return }
        changes.wrappingAdd(1, ordering: .releasing)
        do throws(AuditError) {
            try log.rekey(keys, now: CalendarClock.now())
        } catch {
            state.withLock { $0.isUnlockDue = true }
            logger.error(
                "the audit log does not say that the root key was changed",
                metadata: ["error": "\(error)"])
            noteFailure()
        }
    }

    /// The vault is sealed: nothing is left of the keys.
    func lock() {
        let (log, keys) = state.withLock { state in
            defer {
                state.keys = nil
                state.slot = nil
                state.isUnlockDue = false
            }
            return (state.log, state.keys)
        }
        changes.wrappingAdd(1, ordering: .releasing)
        do throws(AuditError) {
            try log?.lock(now: CalendarClock.now())
        } catch {
            logger.error(
                "the audit log does not say that it was sealed",
                metadata: [
                    "error": "\(error)"
                ])
        }
        keys?.close()
    }

    /// Requests of everybody can be written down; otherwise administrators' alone, or none.
    var acceptsEverybody: Bool { isOpenForAll.load(ordering: .relaxed) }

    /// Looks after the files soon. Every second.
    func lookSoon() {
        _ = thread.submit { self.look() }
    }

    /// Has new lines begin their way to the disk soon.
    func startWritingSoon() {
        guard let log else { return }
        _ = thread.submit { log.startWriting(now: CalendarClock.now()) }
    }

    /// Looks whether the files are as they were left, and lets those in again who were kept out.
    /// Not on an event loop.
    func look() {
        guard let log else { return }
        let before = isOpenForAll.load(ordering: .relaxed)
        let state = log.check(now: CalendarClock.now())
        log.synchronizeIfDue(now: CalendarClock.now())
        unlockIfDue(log, state)
        log.rotateIfNear(now: CalendarClock.now())
        isOpenForAll.store(state.acceptsEverybody, ordering: .relaxed)
        if before != state.acceptsEverybody { say(state) }
    }

    /// The vault was unsealed while nothing could be written: lines shall not stay without a MAC.
    private func unlockIfDue(_ log: AuditLog, _ logState: AuditState) {
        guard logState.acceptsEverybody else { return }
        // Under the lock, so that a vault that is sealed meanwhile takes its keys back after this.
        state.withLock { state in
            guard state.isUnlockDue, let keys = state.keys else { return }
            do throws(AuditError) {
                try log.unlock(
                    keys, through: state.slot, revision: state.revision,
                    now: CalendarClock.now())
                state.isUnlockDue = false
            } catch {
                // In a second again.
            }
        }
    }

    /// A write failed: the next calls are refused before they cost anything.
    func noteFailure() {
        guard let log else { return }
        let state = log.state
        let before = isOpenForAll.exchange(state.acceptsEverybody, ordering: .relaxed)
        if before != state.acceptsEverybody { say(state) }
    }

    private func say(_ state: AuditState) {
        if state.acceptsEverybody {
            logger.notice("the audit log goes on")
        } else {
            logger.critical(
                "requests are refused: the audit log cannot be written",
                metadata: [
                    "trouble": "\(Self.text(of: state))"
                ])
        }
    }

    /// Why requests are refused, and what to do; empty when all is well.
    static func text(of state: AuditState) -> String {
        switch state {
        case .writing: ""
        case .reserveOnly: "the disk is full: make room"
        case .broken(let trouble):
            "\(trouble.reason): find out why, then run 'vaultctl audit resume'"
        case .unwritable(let number): "\(systemErrorText(number)): see to the disk"
        case .closed: "the server ends"
        }
    }

    /// What is answered instead of what cannot be written down.
    var refusal: Status {
        let text = (log?.state).map(Self.text(of:)) ?? ""
        return Status(
            .unavailable,
            "vaultd: the audit log cannot be written" + (text.isEmpty ? "" : ": " + text))
    }

    /// Ends the log. Nothing may be answered any more.
    func close() async {
        await thread.shutdown()
        state.withLock { $0.log }?.close()
    }
}
