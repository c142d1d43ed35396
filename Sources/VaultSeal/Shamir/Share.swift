import Sodium

/// One share of a slot's secret, in guarded memory.
public struct Share: ~Copyable, Sendable {
    /// The shares that it belongs to.
    public let set: ShareSet
    /// Its number in the set, from 1.
    public let index: UInt8
    /// The 40 bytes of its format.
    private let bytes: SecretBytes

    /// Takes the value of share `index` of a set.
    init(set: ShareSet, index: UInt8, value: UnsafeRawBufferPointer) throws(SealError) {
        precondition(value.count == SecretSharing.secretCount, "a share has 32 bytes")
        var bytes = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: ShareFormat.byteCount)
        }
        bytes.withMutableBytes { bytes in
            bytes[0] = 1
            bytes.set(set.id, at: 1)
            bytes[5] = set.threshold
            bytes[6] = set.count
            bytes[7] = index
            bytes.part(ShareFormat.valueOffset, value.count).copyMemory(from: value)
        }
        self.set = set
        self.index = index
        self.bytes = bytes
    }

    /// Reads a share as it was printed, or typed again: case, blanks and dashes do not matter, and
    /// o, i and l are taken for 0 and 1. Wiping `text` is the caller's.
    public init(text: UnsafeRawBufferPointer) throws(ShareError) {
        self = try Self.decoded(try Self.bytes(of: text))
    }

    private init(_ set: ShareSet, _ index: UInt8, _ bytes: consuming SecretBytes) {
        self.set = set
        self.index = index
        self.bytes = bytes
    }

    private static func decoded(_ bytes: consuming SecretBytes) throws(ShareError) -> Share {
        let head = bytes.withBytes { bytes in
            (
                version: bytes[0], id: bytes.number(at: 1) as UInt32, threshold: bytes[5],
                count: bytes[6], index: bytes[7]
            )
        }
        guard head.version == 1 else { throw .unsupportedVersion }
        let set = try set(head.id, head.threshold, head.count)
        guard (1...head.count).contains(head.index) else { throw .malformed }
        return Share(set, head.index, bytes)
    }

    private static func bytes(
        of text: UnsafeRawBufferPointer
    ) throws(ShareError) -> SecretBytes {
        var bytes = try room()
        try bytes.withMutableBytes { (output) throws(ShareError) in
            try ShareFormat.read(text, into: output)
        }
        return bytes
    }

    private static func room() throws(ShareError) -> SecretBytes {
        do throws(SodiumError) {
            return try SecretBytes(count: ShareFormat.byteCount)
        } catch { throw .memory(error) }
    }

    private static func set(
        _ id: UInt32, _ threshold: UInt8, _ count: UInt8
    ) throws(ShareError) -> ShareSet {
        do throws(SealError) {
            return try ShareSet(id: id, threshold: threshold, count: count)
        } catch { throw .malformed }
    }

    /// The printed form.
    public borrowing func text() throws(SealError) -> ShareText {
        var text = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: ShareFormat.textCount)
        }
        bytes.withBytes { bytes in
            text.withMutableBytes { ShareFormat.write(bytes, to: $0) }
        }
        return ShareText(text)
    }

    /// Lends the share's 32 bytes.
    borrowing func withValue<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        bytes.withBytes { bytes in
            body(bytes.part(ShareFormat.valueOffset, SecretSharing.secretCount))
        }
    }
}
