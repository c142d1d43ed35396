extension UnsafeRawBufferPointer {
    /// The little-endian number at `offset`, aligned or not.
    // SAFETY: loadUnaligned checks nothing in release builds; callers check the size before.
    func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Number {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Writes a little-endian number at `offset`, aligned or not.
    // SAFETY: as above; callers write to buffers of a fixed size that holds every offset used.
    func set<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, at offset: Int) {
        storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }

    /// `count` bytes from `offset`, as a buffer of its own.
    func part(_ offset: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: self[offset..<(offset + count)])
    }
}

extension UnsafeRawBufferPointer {
    /// `count` bytes from `offset`, as a buffer of its own.
    func part(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[offset..<(offset + count)])
    }
}
