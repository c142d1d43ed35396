import NIOCore
import RPC
import Synchronization
import VaultAPI
import VaultStore

/// One client that takes a snapshot. The copy is made and read on the vault's copying thread; a
/// client that reads slowly holds up nothing but the room on the disk.
final class SnapshotCall: StreamHandler, Sendable {
    private struct State {
        /// There once the copy is made.
        var archive: SnapshotArchive?
        var hasStarted = false
        /// A job of the copying thread is sending.
        var isSending = false
        var isOver = false
    }

    private let call: StreamCall
    private let vault: Vault
    // The archive is used by one job at a time: `isSending` says by whom.
    private let state = Mutex(State())
    private let whenOver: @Sendable () -> Void

    init(call: StreamCall, vault: Vault, whenOver: @escaping @Sendable () -> Void) {
        self.call = call
        self.vault = vault
        self.whenOver = whenOver
    }

    func received(_ message: ByteBuffer) {
        let isFirst = state.withLock { state in
            defer { state.hasStarted = true }
            return !state.hasStarted && !state.isOver
        }
        guard isFirst else { return }
        switch Answer.decoded(message, as: Etcdserverpb_SnapshotRequest.self) {
        case .failure(let status): finish(status)
        case .success: submit { self.start() }
        }
    }

    func halfClosed() {
        if !state.withLock({ $0.hasStarted }) { finish(.ok) }
    }

    func cancelled() { end() }

    func writable() {
        let sends = state.withLock { state in
            guard state.archive != nil, !state.isSending, !state.isOver else { return false }
            state.isSending = true
            return true
        }
        if sends { submit { self.send() } }
    }

    private func submit(_ job: @escaping @Sendable () -> Void) {
        if !vault.copyThread.submit(job) { finish(StatusTable.tooManyRequests) }
    }

    private func finish(_ status: Status) {
        if end() { call.finish(status) }
    }

    /// False when it is over already.
    @discardableResult private func end() -> Bool {
        let ended = state.withLock { state in
            guard !state.isOver else { return false }
            state.isOver = true
            if !state.isSending { state.archive = nil }
            return true
        }
        if ended { whenOver() }
        return ended
    }

    private var isOver: Bool { state.withLock { $0.isOver } }

    // MARK: - On the copying thread

    private func start() {
        do throws(VaultError) {
            let archive = try makeArchive()
            let goesOn = state.withLock { state in
                guard !state.isOver else { return false }
                state.archive = archive
                state.isSending = true
                return true
            }
            if goesOn { send() }
        } catch {
            if case .store(let error) = error { return finish(vault.refusal(for: error)) }
            finish(StatusTable.status(of: error))
        }
    }

    private func makeArchive() throws(VaultError) -> SnapshotArchive {
        let open = try vault.open()
        let copy: StoreCopy
        do throws(StoreError) {
            copy = try open.store.makeCopy {
                self.isOver || open.isClosing.load(ordering: .relaxed)
            }
        } catch {
            throw .store(error)
        }
        do throws(DataDirectoryError) {
            return try SnapshotArchive(of: vault.directory, records: copy)
        } catch {
            throw .directory(error)
        }
    }

    private func send() {
        while let archive = state.withLock({ $0.isOver ? nil : $0.archive }) {
            guard call.isWritable else {
                if pause() { return }
                continue
            }
            do throws(DataDirectoryError) {
                if try sendBlock(of: archive) { continue }
                finish(.ok)
            } catch {
                finish(StatusTable.status(of: error))
            }
        }
        state.withLock { $0.archive = nil }
    }

    /// False when the client has read meanwhile: `writable` may have come before the pause.
    private func pause() -> Bool {
        state.withLock { $0.isSending = false }
        guard call.isWritable else { return true }
        return state.withLock { state in
            guard !state.isSending, !state.isOver else { return true }
            state.isSending = true
            return false
        }
    }

    /// Sends the next bytes; false when these were the last.
    private func sendBlock(of archive: SnapshotArchive) throws(DataDirectoryError) -> Bool {
        let block = try archive.next(countMax: Limits.snapshotBlobBytes)
        // By hand: SwiftProtobuf takes ten times as long for a blob.
        var writer = WireWriter()
        writer.unsigned(2, UInt64(archive.byteCount - archive.sentCount))
        writer.bytes(3, block ?? archive.digest())
        writer.bytes(4, Array(Version.etcdStorage.utf8))
        call.send(writer.buffer)
        return block != nil
    }
}
