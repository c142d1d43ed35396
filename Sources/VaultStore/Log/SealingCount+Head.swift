import VaultSeal

/// As a field of the head: number u32, records u64, bytes u64.
extension SealingCount {
    private static let encodedCount = 20

    func encode() -> Bytes {
        var output = Bytes()
        withUnsafeBytes(of: dataKey.littleEndian) { output.append(contentsOf: $0) }
        withUnsafeBytes(of: records.littleEndian) { output.append(contentsOf: $0) }
        withUnsafeBytes(of: bytes.littleEndian) { output.append(contentsOf: $0) }
        return output
    }

    /// nil for what nobody wrote.
    init?(_ input: UnsafeRawBufferPointer) {
        guard input.count == Self.encodedCount else { return nil }
        func word(_ offset: Int) -> UInt64 {
            UInt64(littleEndian: input.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        let number = UInt32(littleEndian: input.loadUnaligned(as: UInt32.self))
        guard number > 0 else { return nil }
        self.init(dataKey: number, records: word(4), bytes: word(12))
    }
}
