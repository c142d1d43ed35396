import VaultSeal

/// Gives lines their number, their hash and their MAC: the rules of the chain, without files.
///
///     hash = BLAKE2b-256(hash before ‖ line up to ,"hash")     mac = SipHash-2-4-128(key, hash)
struct AuditChain: ~Copyable {
    /// Bytes that a line has at most beside its body.
    static let frameBytesMax = 160

    /// A place in the chain: a line's number and hash. Number 0 is before the first line.
    struct Point: Hashable {
        var sequence: UInt64 = 0
        var hash = AuditHash.zero
    }

    /// The last line.
    private(set) var point: Point
    /// The hash before a line, and the line: what is hashed must be in one piece.
    private var scratch = LineBuffer(capacity: 1024)

    init(after point: Point) {
        self.point = point
    }

    /// Takes back lines that could not be written.
    mutating func rewind(to point: Point) { self.point = point }

    /// Adds the line with this body to `output`. Without keys, or with closed ones, it has no MAC.
    mutating func append(
        _ body: UnsafeRawBufferPointer, keys: AuditKeys?, to output: inout LineBuffer
    ) {
        scratch.removeAll()
        point.hash.withBytes { scratch.put($0) }
        scratch.put("{\"seq\":")
        point.sequence += 1
        scratch.put(decimal: point.sequence)
        scratch.put(body)
        point.hash = AuditHash(of: scratch.bytes)
        scratch.put(",\"hash\":\"")
        point.hash.withBytes { scratch.put(hexadecimal: $0) }
        // The caller lends the keys: no reference is counted for a line.
        keys.map(Unmanaged.passUnretained)?._withUnsafeGuaranteedRef { putMAC($0) }
        scratch.put("\"}\n")
        output.put(UnsafeRawBufferPointer(rebasing: scratch.bytes[AuditHash.count...]))
    }

    private mutating func putMAC(_ keys: AuditKeys) {
        withUnsafeTemporaryAllocation(byteCount: AuditKeys.digestCount, alignment: 8) { mac in
            guard point.hash.withBytes({ keys.mac(of: $0, into: mac) }) else { return }
            scratch.put("\",\"mac\":\"")
            scratch.put(hexadecimal: UnsafeRawBufferPointer(mac))
        }
    }
}
