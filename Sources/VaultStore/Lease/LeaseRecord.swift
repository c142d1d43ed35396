/// A row of the table of leases (docs/formats.md, "Payload of a lease").
struct LeaseRecord: Equatable {
    static let formatVersion: UInt8 = 1
    static let tableID: UInt8 = 1
    static let encodedCount = 10
    static let keyCount = 8

    var ttlSeconds: Int64

    func encode() -> Bytes {
        var output: Bytes = [Self.formatVersion, 0]
        withUnsafeBytes(of: ttlSeconds.littleEndian) { output.append(contentsOf: $0) }
        return output
    }

    /// Reads a row; nil when the bytes are not one, or a time that nobody could have granted.
    static func decode(_ input: UnsafeRawBufferPointer) -> LeaseRecord? {
        guard input.count == encodedCount, input[0] == formatVersion, input[1] == 0 else {
            return nil
        }
        let ttl = Int64(littleEndian: input.loadUnaligned(fromByteOffset: 2, as: Int64.self))
        guard .seconds(ttl) >= Limits.leaseTTLMin, .seconds(ttl) <= Limits.leaseTTLMax else {
            return nil
        }
        return LeaseRecord(ttlSeconds: ttl)
    }

    /// The row's key: the id's bits, big-endian.
    static func key(of id: LeaseID) -> Bytes {
        withUnsafeBytes(of: id.rawValue.bigEndian) { Bytes($0) }
    }

    /// Reads a row's key; nil when the bytes are not one.
    static func id(_ key: UnsafeRawBufferPointer) -> LeaseID? {
        guard key.count == keyCount else { return nil }
        let id = LeaseID(Int64(bigEndian: key.loadUnaligned(as: Int64.self)))
        return id == .none ? nil : id
    }
}
