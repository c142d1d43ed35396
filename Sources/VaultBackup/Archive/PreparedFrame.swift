import VaultSeal
import VaultStore

/// A frame that was opened, and what could be made of its records without knowing those before:
/// the costly part of reading an archive, which many threads do at once.
struct PreparedFrame: Sendable {
    let place: ArchiveFrames.Place
    let bytes: [UInt8]
    /// What each record adds to the state hash.
    private(set) var digests: [StateHash] = []
    /// Each record as a restored store holds it, one after the other, as far as it takes them.
    private(set) var sealed: [UInt8] = []

    /// Opens the frame at `place`.
    ///
    /// - Parameter sealing: of the store that is restored.
    static func prepare(
        _ place: ArchiveFrames.Place, of frames: ArchiveFrames, digestKey: StateHashKey,
        sealing: RecordSealing?
    ) -> Result<PreparedFrame, BackupError> {
        do throws(BackupError) {
            var frame = PreparedFrame(place: place, bytes: try frames.open(place))
            guard place.kind == .content else { return .success(frame) }
            var maker = Maker(digestKey: digestKey, sealing: sealing)
            try ArchiveItems.read(frame.bytes, &maker)
            (frame.digests, frame.sealed) = (maker.digests, maker.sealed)
            return .success(frame)
        } catch { return .failure(error) }
    }

    private init(place: ArchiveFrames.Place, bytes: [UInt8]) {
        self.place = place
        self.bytes = bytes
    }

    private struct Maker: ArchiveItems.Visitor, ~Copyable {
        var digester: PayloadDigester
        let sealing: RecordSealing?
        var digests: [StateHash] = []
        var sealed: [UInt8] = []

        init(digestKey: StateHashKey, sealing: RecordSealing?) {
            digester = PayloadDigester(key: digestKey)
            self.sealing = sealing
            if sealing != nil { sealed.reserveCapacity(2 * ArchiveFormat.frameBytes) }
        }

        mutating func record(
            _ place: ArchivePlace, _ payload: UnsafeRawBufferPointer
        ) throws(BackupError) {
            do throws(StoreError) {
                digests.append(
                    try digester.digest(main: place.main, sub: place.sub, payload: payload))
            } catch { throw BackupError(error) }
            if let sealing, place.main <= sealing.lastRevision {
                try seal(place, payload, sealing.cipher)
            }
        }

        private mutating func seal(
            _ place: ArchivePlace, _ payload: UnsafeRawBufferPointer, _ cipher: RecordCipher
        ) throws(BackupError) {
            let start = sealed.count
            let count = RecordCipher.sealedCount(payloadCount: payload.count)
            sealed.append(contentsOf: repeatElement(0, count: count))
            let failure: SealError? = sealed.withUnsafeMutableBytes { sealed in
                do throws(SealError) {
                    try cipher.sealAgain(
                        payload, main: UInt64(bitPattern: place.main), sub: place.sub,
                        into: UnsafeMutableRawBufferPointer(rebasing: sealed[start...]))
                    return nil
                } catch { return error }
            }
            switch failure {
            case nil: break
            case .damaged(let what): throw .integrity(what)
            case let failure?: throw .inconclusive("a record cannot be encrypted: \(failure.text)")
            }
        }

        mutating func kept(_ places: [ArchivePlace]) {}
        mutating func lease(id: Int64, _ payload: UnsafeRawBufferPointer) {}
        mutating func access(_ payload: UnsafeRawBufferPointer) {}
    }
}
