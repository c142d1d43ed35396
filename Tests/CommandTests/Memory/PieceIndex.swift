/// Finds many pieces of 16 bytes at once, at every offset.
struct PieceIndex {
    private let pieces: Set<[UInt8]>
    /// Which pairs of first bytes there are: nearly everything ends here.
    private let pairs: [Bool]

    init(_ pieces: Set<[UInt8]>) {
        self.pieces = pieces
        var pairs = [Bool](repeating: false, count: 1 << 16)
        for piece in pieces { pairs[Int(piece[0]) << 8 | Int(piece[1])] = true }
        self.pairs = pairs
    }

    func search(_ bytes: [UInt8], _ body: ([UInt8]) -> Void) {
        guard bytes.count >= 16 else { return }
        bytes.withUnsafeBytes { bytes in
            pairs.withUnsafeBufferPointer { pairs in
                var offset = 0
                let end = bytes.count - 16
                while offset <= end {
                    // Most memory is zero, and no piece begins with so many zeros.
                    if offset & 7 == 0, offset + 8 <= end,
                        bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) == 0
                    {
                        offset += 7
                        continue
                    }
                    if pairs[Int(bytes[offset]) << 8 | Int(bytes[offset + 1])] {
                        let piece = Array(bytes[offset..<offset + 16])
                        if pieces.contains(piece) { body(piece) }
                    }
                    offset += 1
                }
            }
        }
    }
}
