import Sodium

@testable import VaultSeal

func passphrase(_ text: String) throws(SealError) -> Credential {
    .passphrase(try secret(Array(text.utf8)))
}

/// A key file's bytes: `count` times `byte`.
func keyfile(_ byte: UInt8, count: Int = 32) throws(SealError) -> Credential {
    .keyfile(try secret([UInt8](repeating: byte, count: count)))
}

func secret(_ bytes: [UInt8]) throws(SealError) -> SecretBytes {
    var copy = bytes
    return try SealError.memory { () throws(SodiumError) in try SecretBytes(wiping: &copy) }
}

/// A vault with one key file slot, of 32 times `byte`.
func createVault(in directory: ScratchDirectory, keyfile byte: UInt8 = 7) throws -> RecordCipher {
    try KeyringFile.create(in: directory.path, passphraseCost: .minimum) {
        (new) throws(SealError) in
        try new.addSlot(for: try keyfile(byte))
    }
}

/// What a cipher is made from, so that two can differ in one thing only.
struct CipherParts {
    var storeID = StoreID(bytes: Array(0..<16))
    var dataKeys: [(number: UInt32, byte: UInt8)] = [(1, 0xA1)]
    var timelines: [TimelineSpan] = [
        TimelineSpan(
            timeline: Timeline(number: 1, nonce: 11), firstRevision: 0,
            lastRevision: TimelineSpan.unbounded, created: 0)
    ]
    /// Bytes behind the timelines.
    var fields: [UInt8] = []

    var plaintext: [UInt8] {
        var writer = ByteWriter()
        writer.put(UInt32(dataKeys.count))
        writer.put(UInt32(timelines.count))
        for key in dataKeys {
            writer.put(key.number)
            writer.reserve(4)
            writer.put(UInt64(0))
            writer.put([UInt8](repeating: key.byte, count: 32))
        }
        for span in timelines {
            writer.put(span.timeline.number)
            writer.reserve(4)
            writer.put(span.timeline.nonce)
            writer.put(span.firstRevision)
            writer.put(span.lastRevision)
            writer.put(span.created)
        }
        writer.put(fields)
        return writer.bytes
    }

    func cipher() throws(SealError) -> RecordCipher {
        try RecordCipher(
            keyring: try Keyring(decoding: try secret(plaintext)), storeID: storeID)
    }
}

extension RecordCipher {
    func seal(_ payload: [UInt8], at place: RecordPlace) throws(SealError) -> [UInt8] {
        var record = [UInt8](
            repeating: 0xEE, count: Self.sealedCount(payloadCount: payload.count))
        var failure: SealError?
        record.withUnsafeMutableBytes { record in
            payload.withUnsafeBytes { payload in
                do throws(SealError) {
                    try seal(payload, at: place, into: record)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        return record
    }

    func open(_ record: [UInt8], at place: RecordPlace) throws(SealError) -> [UInt8] {
        var residue: [UInt8] = []
        return try open(record, at: place, residue: &residue)
    }

    /// `residue` is the whole buffer afterwards.
    func open(
        _ record: [UInt8], at place: RecordPlace, residue: inout [UInt8]
    ) throws(SealError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: record.count)
        var result: Result<Int, SealError> = .failure(.closed)
        buffer.withUnsafeMutableBytes { buffer in
            record.withUnsafeBytes { record in
                do throws(SealError) {
                    result = .success(try open(record, at: place, into: buffer))
                } catch {
                    result = .failure(error)
                }
            }
        }
        residue = buffer
        return Array(buffer[..<(try result.get())])
    }
}

/// The error of `body`, or nil when it succeeds.
func failure(_ body: () throws(SealError) -> Void) -> SealError? {
    do throws(SealError) {
        try body()
        return nil
    } catch {
        return error
    }
}

extension SealError {
    var isDamaged: Bool {
        if case .damaged = self { return true }
        return false
    }
}
