import Sodium
import VaultSeal

/// Where the log ends, so that lines missing at the end are noticed (docs/formats.md).
struct AuditHead: Equatable {
    static let byteCount = 192
    private static let magic = Array("vdaudhd\n".utf8)
    private static let macOffset = 128
    private static let checksumOffset = 160

    /// The kernel's boot id when it was written: after another boot, lines that are missing at
    /// the end may have been lost with the power.
    var bootID: [UInt8]
    /// The number of the file's first line.
    var firstSequence: UInt64
    /// When the file was begun, in microseconds since 1970.
    var begun: Int64
    /// The file's size.
    var size: UInt64
    /// The last line.
    var point: AuditChain.Point
    /// The last line that was written while the vault was unsealed, and its MAC: it stays when
    /// lines without a MAC follow, or those could stand for any number of lines with one.
    var authenticated = AuditChain.Point()
    var mac = [UInt8](repeating: 0, count: AuditKeys.digestCount)
    /// The newest revision of the store that was on the disk then; the MAC is of it, too. Nil when
    /// none was known, or it was not kept yet: format 1.
    var revision: Int64?

    /// Moves the authenticated place to the last line. False when the keys are closed.
    mutating func authenticate(with keys: AuditKeys, revision: Int64?) -> Bool {
        guard let mac = Self.mac(of: point, revision, keys) else { return false }
        authenticated = point
        self.mac = mac
        self.revision = revision
        return true
    }

    /// Whether the authenticated place was written by somebody with the keys; nil when there is
    /// none.
    func isAuthentic(_ keys: AuditKeys) -> Bool? {
        guard authenticated.sequence > 0 else { return nil }
        // The root key may have changed since: any pair will do.
        var pair = 0
        let message = Self.message(of: authenticated, revision)
        return keys.isMAC(mac, of: message.bytes, from: &pair)
    }

    /// "vd-audh1" ‖ number ‖ hash, or "vd-audh2" ‖ number ‖ hash ‖ revision: 48 or 56 bytes, where
    /// a line's MAC is of 32, so none is another.
    private static func message(of point: AuditChain.Point, _ revision: Int64?) -> LineBuffer {
        var message = LineBuffer(capacity: 64)
        message.put(revision == nil ? "vd-audh1" : "vd-audh2")
        message.put(littleEndian: point.sequence)
        point.hash.withBytes { message.put($0) }
        if let revision { message.put(littleEndian: revision) }
        return message
    }

    private static func mac(
        of point: AuditChain.Point, _ revision: Int64?, _ keys: AuditKeys
    ) -> [UInt8]? {
        let message = message(of: point, revision)
        var mac = [UInt8](repeating: 0, count: AuditKeys.digestCount)
        let isDone = mac.withUnsafeMutableBytes { keys.mac(of: message.bytes, into: $0) }
        return isDone ? mac : nil
    }

    /// Puts its bytes into an empty buffer.
    func encode(into output: inout LineBuffer) {
        precondition(output.count == 0, "the checksum is of the head alone")
        Self.magic.withUnsafeBytes { output.put($0) }
        output.put(littleEndian: UInt32(revision == nil ? 1 : 2))
        output.put(littleEndian: UInt32(0))
        bootID.withUnsafeBytes { output.put($0) }
        output.put(littleEndian: firstSequence)
        output.put(littleEndian: point.sequence)
        output.put(littleEndian: size)
        point.hash.withBytes { output.put($0) }
        output.put(littleEndian: authenticated.sequence)
        authenticated.hash.withBytes { output.put($0) }
        mac.withUnsafeBytes { output.put($0) }
        output.put(littleEndian: begun)
        output.put(littleEndian: revision ?? 0)
        AuditHash(of: output.bytes).withBytes { output.put($0) }
    }

    var encoded: [UInt8] {
        var output = LineBuffer(capacity: Self.byteCount)
        encode(into: &output)
        return Array(output.bytes)
    }

    /// Nil for bytes that are not what was written.
    init?(decoding bytes: [UInt8]) {
        guard bytes.count == Self.byteCount, bytes.starts(with: Self.magic),
            case let format = Self.number(bytes, 8) as UInt32, format == 1 || format == 2,
            Array(bytes[Self.checksumOffset...])
                == Self.checksum(Array(bytes[..<Self.checksumOffset]))
        else { return nil }
        bootID = Array(bytes[16..<32])
        firstSequence = Self.number(bytes, 32)
        point = AuditChain.Point(sequence: Self.number(bytes, 40), hash: Self.hash(bytes, 56))
        size = Self.number(bytes, 48)
        authenticated = AuditChain.Point(
            sequence: Self.number(bytes, 88), hash: Self.hash(bytes, 96))
        mac = Array(bytes[Self.macOffset..<(Self.macOffset + AuditKeys.digestCount)])
        begun = Int64(bitPattern: Self.number(bytes, 144))
        if format == 2 { revision = Int64(bitPattern: Self.number(bytes, 152)) }
        // The checksum is anybody's to make: numbers that a log cannot reach are none of ours.
        let numbers = [firstSequence, point.sequence, size, authenticated.sequence]
        guard numbers.allSatisfy({ $0 < UInt64(Int64.max) }) else { return nil }
    }

    /// Reads a head's file; nil when it is not what was written.
    static func read(_ file: AuditFile) throws(AuditError) -> AuditHead? {
        // One byte more, so that a longer file is seen to be one.
        let bytes = try AuditDisk.read(file, at: 0, count: byteCount + 1)
        return AuditHead(decoding: bytes)
    }

    init(bootID: [UInt8], firstSequence: UInt64, begun: Int64, size: UInt64) {
        precondition(bootID.count == 16, "a boot id has 16 bytes")
        self.bootID = bootID
        self.firstSequence = firstSequence
        self.begun = begun
        self.size = size
        point = AuditChain.Point()
    }

    /// Tells a head that was half written; no protection against a person.
    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        let hash = bytes.withUnsafeBytes { AuditHash(of: $0) }
        return hash.withBytes { Array($0) }
    }

    private static func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: [UInt8], _ offset: Int
    ) -> Number {
        bytes.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
    }

    private static func hash(_ bytes: [UInt8], _ offset: Int) -> AuditHash {
        bytes.withUnsafeBytes {
            AuditHash(UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + AuditHash.count)]))
        }
    }
}
