import Sodium

/// The key that encrypts one archive, in guarded memory (docs/formats.md, "Archives"). No other
/// archive has it, so a nonce is the number of a frame. Any thread may use it, many at once.
public final class ArchiveKey: Sendable {
    /// Bytes that encryption adds to a frame.
    public static let tagCount = AEAD.tagCount
    /// Bytes of a parent's key as an archive holds it.
    public static let wrappedCount = keyCount + AEAD.tagCount
    static let keyCount = 32

    /// What a frame is. It is part of the nonce: one cannot stand for another.
    public enum Frame: UInt8, Sendable {
        /// The key of the archive that this one continues.
        case parent = 1
        /// Records.
        case content = 2
        /// The summary; nothing comes after it.
        case last = 3
    }

    private let secret: SecretBytes

    init(_ secret: consuming SecretBytes) {
        precondition(secret.count == Self.keyCount, "an archive's key has 32 bytes")
        self.secret = secret
    }

    /// Encrypts all of `buffer` but its last `tagCount` bytes in place, and puts the tag there.
    /// `number` counts the frames of the archive from 0 and never comes twice.
    public func encrypt(
        _ buffer: UnsafeMutableRawBufferPointer, number: UInt64, as frame: Frame
    ) {
        Self.withNonce(number, frame) { nonce in
            secret.withBytes { key in
                AEAD.encryptInPlace(
                    buffer, key: key, nonce: nonce,
                    associatedData: UnsafeRawBufferPointer(start: nil, count: 0))
            }
        }
    }

    /// Decrypts `buffer` in place; the plaintext is all but its last `tagCount` bytes. Throws
    /// `.damaged` when the frame is not what was written there; the buffer then holds zeros.
    public func decrypt(
        _ buffer: UnsafeMutableRawBufferPointer, number: UInt64, as frame: Frame
    ) throws(SealError) {
        let isAuthentic = Self.withNonce(number, frame) { nonce in
            secret.withBytes { key in
                do throws(SodiumError) {
                    try AEAD.decrypt(
                        UnsafeRawBufferPointer(buffer), into: buffer, key: key, nonce: nonce,
                        associatedData: UnsafeRawBufferPointer(start: nil, count: 0))
                    return true
                } catch { return false }
            }
        }
        guard isAuthentic else {
            throw .damaged(what: "archive: frame \(number) was changed or belongs elsewhere")
        }
    }

    /// The key of `parent`, encrypted as frame `number` of this archive: who can open an archive
    /// can open what it continues, whatever became of the credentials meanwhile.
    public func wrap(_ parent: ArchiveKey, number: UInt64) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: Self.wrappedCount)
        output.withUnsafeMutableBytes { output in
            parent.secret.withBytes { key in
                output.part(0, Self.keyCount).copyMemory(from: key)
            }
            encrypt(output, number: number, as: .parent)
        }
        return output
    }

    /// Reads what `wrap` made; throws `.damaged` when it was changed.
    public func unwrapParent(
        _ wrapped: [UInt8], number: UInt64
    ) throws(SealError) -> ArchiveKey {
        guard wrapped.count == Self.wrappedCount else {
            throw .damaged(what: "archive: the key of its parent has another size")
        }
        var bytes = wrapped
        defer { wipe(&bytes) }
        let outcome: Result<Void, SealError> = bytes.withUnsafeMutableBytes { bytes in
            do throws(SealError) {
                return .success(try decrypt(bytes, number: number, as: .parent))
            } catch { return .failure(error) }
        }
        try outcome.get()
        bytes.removeLast(AEAD.tagCount)
        return ArchiveKey(
            try SealError.memory { () throws(SodiumError) in try SecretBytes(wiping: &bytes) })
    }

    private static func withNonce<R>(
        _ number: UInt64, _ frame: Frame, _ body: (UnsafeRawBufferPointer) -> R
    ) -> R {
        withUnsafeTemporaryAllocation(byteCount: AEAD.nonceCount, alignment: 8) { nonce in
            nonce.initializeMemory(as: UInt8.self, repeating: 0)
            nonce.set(number, at: 0)
            nonce[8] = frame.rawValue
            return body(UnsafeRawBufferPointer(nonce))
        }
    }
}
