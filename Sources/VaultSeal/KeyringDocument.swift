import Sodium

/// The bytes of a keyring file, apart from what is encrypted (docs/formats.md).
///
/// The decoder treats its input as hostile: it bounds every size and count before it uses it.
struct KeyringDocument: Equatable {
    static let magic: [UInt8] = Array("vdkeyrg\n".utf8)
    /// What is written. Format 1, whose slots have no public half, is read.
    static let newestFormat: UInt32 = 2
    static let byteCountMax = 1 << 20
    static let slotCountMax = 32
    private static let headerCount = 64
    private static let macCount = 32
    private static let checksumCount = 32

    var format = newestFormat
    var storeID: StoreID
    var timeline: Timeline
    var slots: [KeySlot]
    var wrappedKeyring: [UInt8]

    /// What can be said without a key.
    var description: KeyringDescription {
        KeyringDescription(
            storeID: storeID, timeline: timeline, slots: slots.map(\.description))
    }

    /// Every byte that the MAC covers.
    private var body: [UInt8] {
        let table = slots.flatMap { $0.bytes(format: format) }
        let total =
            Self.headerCount + table.count + wrappedKeyring.count + Self.macCount
            + Self.checksumCount
        precondition(total <= Self.byteCountMax, "limits on slots and keys keep the file small")
        var writer = ByteWriter()
        writer.put(Self.magic)
        writer.put(format)
        writer.put(UInt32(total))
        writer.put(storeID.bytes)
        writer.put(timeline.number)
        writer.put(timeline.nonce)
        writer.put(UInt32(slots.count))
        writer.put(UInt32(table.count))
        writer.put(UInt32(wrappedKeyring.count))
        writer.reserve(8)
        writer.put(table)
        writer.put(wrappedKeyring)
        return writer.bytes
    }

    /// The whole file, with its MAC and its checksum.
    func encoded(rootKey: borrowing RootKey) throws(SealError) -> [UInt8] {
        var bytes = body
        bytes += Self.digest(of: bytes[...], key: try rootKey.subkey(.keyringFileMAC))
        bytes += Self.checksum(of: bytes[...])
        return bytes
    }

    /// Whether the file was written by somebody with the root key and not changed since.
    /// `file` is what the document was decoded from.
    static func isAuthentic(
        _ file: [UInt8], rootKey: borrowing RootKey
    ) throws(SealError) -> Bool {
        let macStart = file.count - macCount - checksumCount
        let expected = digest(
            of: file[..<macStart], key: try rootKey.subkey(.keyringFileMAC))
        return expected.withUnsafeBytes { expected in
            file.withUnsafeBytes { file in
                isEqualInConstantTime(expected, file.part(macStart, macCount))
            }
        }
    }

    /// Reads a file: damage is told from an unknown format by the checksum, which keeps its place
    /// in every format.
    init(decoding file: [UInt8]) throws(SealError) {
        try Self.check(file)
        var reader = ByteReader(
            file[Self.magic.count..<(file.count - Self.checksumCount - Self.macCount)],
            what: "keyring")
        format = try reader.number()
        guard Int(try reader.number(UInt32.self)) == file.count else {
            throw .damaged(what: "keyring: its size is not what it says")
        }
        storeID = StoreID(bytes: Array(try reader.take(StoreID.count)))
        timeline = Timeline(number: try reader.number(), nonce: try reader.number())
        let slotCount = Int(try reader.number(UInt32.self))
        let tableCount = Int(try reader.number(UInt32.self))
        let wrappedCount = Int(try reader.number(UInt32.self))
        try reader.reserved(8)
        guard timeline.number >= 1, (1...Self.slotCountMax).contains(slotCount),
            wrappedCount >= WrappedSecret.overhead
        else { throw .damaged(what: "keyring: counts out of bounds") }
        slots = try Self.decodeSlots(
            try reader.take(tableCount), slotCount, format: format)
        wrappedKeyring = Array(try reader.take(wrappedCount))
        guard reader.isAtEnd else { throw .damaged(what: "keyring: something follows it") }
    }

    init(storeID: StoreID, timeline: Timeline, slots: [KeySlot], wrappedKeyring: [UInt8]) {
        self.storeID = storeID
        self.timeline = timeline
        self.slots = slots
        self.wrappedKeyring = wrappedKeyring
    }

    /// Size, magic, checksum, format: what can be checked in a file of any version.
    private static func check(_ file: [UInt8]) throws(SealError) {
        guard file.count <= byteCountMax else { throw .damaged(what: "keyring: too large") }
        let plainCount = file.count - checksumCount
        guard plainCount >= magic.count + 4, file.starts(with: magic) else {
            throw .damaged(what: "keyring: not a keyring file")
        }
        guard checksum(of: file[..<plainCount]) == Array(file[plainCount...]) else {
            throw .damaged(what: "keyring: its checksum does not fit")
        }
        var reader = ByteReader(file[magic.count...], what: "keyring")
        let version = try reader.number(UInt32.self)
        guard (1...newestFormat).contains(version) else {
            throw .unsupportedFormat(version: Int(version))
        }
        guard file.count >= headerCount + macCount + checksumCount else {
            throw .damaged(what: "keyring: too short")
        }
    }

    private static func decodeSlots(
        _ table: ArraySlice<UInt8>, _ count: Int, format: UInt32
    ) throws(SealError) -> [KeySlot] {
        var reader = ByteReader(table, what: "keyring: slot table")
        var slots: [KeySlot] = []
        for _ in 0..<count {
            let slot = try KeySlot(&reader, format: format)
            guard slot.id > slots.last?.id ?? 0 else {
                throw .damaged(what: "keyring: slots out of order")
            }
            slots.append(slot)
        }
        guard reader.isAtEnd else { throw .damaged(what: "keyring: slot table is too long") }
        return slots
    }

    private static func checksum(of bytes: ArraySlice<UInt8>) -> [UInt8] {
        digest(of: bytes, rawKey: UnsafeRawBufferPointer(start: nil, count: 0))
    }

    private static func digest(
        of bytes: ArraySlice<UInt8>, key: borrowing SecretBytes
    ) -> [UInt8] {
        key.withBytes { digest(of: bytes, rawKey: $0) }
    }

    private static func digest(
        of bytes: ArraySlice<UInt8>, rawKey: UnsafeRawBufferPointer
    ) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: checksumCount)
        bytes.withUnsafeBytes { bytes in
            digest.withUnsafeMutableBytes { KeyedHash.digest(of: bytes, key: rawKey, into: $0) }
        }
        return digest
    }
}
