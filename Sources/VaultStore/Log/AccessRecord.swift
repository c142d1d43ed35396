import VaultSeal

/// The vault's rules of access, which the store keeps and does not read: one sealed record beside
/// the head, replaced as a whole (docs/formats.md, "Payload of the access record").
///
/// Each bears the number of its writing, which the head names too: an older one, or none, in its
/// place is noticed, so that nobody gets back what was taken from them.
struct AccessRecord: Equatable {
    static let formatVersion: UInt8 = 1
    static let tableID: UInt8 = 2
    static let key: [UInt8] = Array("access".utf8)
    static let place = RecordPlace.table(id: tableID, key: 0)
    private static let headerCount = 9

    var number: UInt64
    var content: Bytes

    func encode() -> Bytes {
        var output = Bytes()
        output.reserveCapacity(Self.headerCount + content.count)
        output.append(Self.formatVersion)
        withUnsafeBytes(of: number.littleEndian) { output.append(contentsOf: $0) }
        output.append(contentsOf: content)
        return output
    }

    static func decode(_ input: UnsafeRawBufferPointer) -> AccessRecord? {
        guard input.count >= headerCount, input[0] == formatVersion else { return nil }
        let number = UInt64(
            littleEndian: input.loadUnaligned(fromByteOffset: 1, as: UInt64.self))
        return AccessRecord(number: number, content: Bytes(input[headerCount...]))
    }
}
