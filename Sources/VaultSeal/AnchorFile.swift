import Sodium

/// A file with an `Anchor`, replaced whole (docs/formats.md, "Anchor file").
public struct AnchorFile: Sendable {
    private static let magic: [UInt8] = Array("vdanchr\n".utf8)
    private static let formatVersion: UInt32 = 1
    private static let bodyCount = 64
    private static let macCount = 32
    private let file: DurableFile
    private let storeID: StoreID

    /// `path` names a file in a directory that exists.
    public init(path: String, storeID: StoreID) {
        let name = path.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init)
        let directory = path.dropLast((name ?? "").utf8.count)
        file = DurableFile(
            directory: directory.isEmpty ? "." : String(directory), name: name ?? "")
        self.storeID = storeID
    }

    /// The anchor; nil when there is no file. Throws `.damaged` when it is not one of this vault.
    public func read(key: StateHashKey) throws(SealError) -> Anchor? {
        guard let bytes = try file.read(limit: Self.bodyCount + Self.macCount) else { return nil }
        guard bytes.starts(with: Self.magic), bytes.count >= 12 else {
            throw .damaged(what: "anchor: not an anchor file")
        }
        var reader = ByteReader(bytes[Self.magic.count...], what: "anchor")
        let version = try reader.number(UInt32.self)
        guard version == Self.formatVersion else { throw .unsupportedFormat(version: Int(version)) }
        guard bytes.count == Self.bodyCount + Self.macCount,
            try Self.mac(of: bytes[..<Self.bodyCount], key) == Array(bytes[Self.bodyCount...])
        else { throw .damaged(what: "anchor: it was changed, or is another vault's") }
        let timeline = try reader.number(UInt32.self)
        guard Array(try reader.take(StoreID.count)) == storeID.bytes else {
            throw .damaged(what: "anchor: it is another vault's")
        }
        return Anchor(
            timeline: timeline, revision: Int64(bitPattern: try reader.number()),
            keyringGeneration: try reader.number(), accessNumber: try reader.number())
    }

    /// Puts the anchor in the place of the one before; durable on return.
    public func write(_ anchor: Anchor, key: StateHashKey) throws(SealError) {
        var writer = ByteWriter()
        writer.put(Self.magic)
        writer.put(Self.formatVersion)
        writer.put(anchor.timeline)
        writer.put(storeID.bytes)
        writer.put(UInt64(bitPattern: anchor.revision))
        writer.put(anchor.keyringGeneration)
        writer.put(anchor.accessNumber)
        writer.reserve(8)
        try file.replace(writer.bytes + Self.mac(of: writer.bytes[...], key))
    }

    private static func mac(
        of body: ArraySlice<UInt8>, _ key: StateHashKey
    ) throws(SealError) -> [UInt8] {
        // Another size of digest, and a first byte that no place has: no record's digest is one.
        try key.mac(of: Array("vd-anch1".utf8) + body, count: macCount)
    }
}
