#if canImport(Glibc)
    import Glibc
#endif

/// A frame in the making: room for its header, the plaintext so far, and at the end its tag. Wiped
/// when it goes.
///
/// SAFETY: one thread at a time has it; `FrameSealer` passes it on under its lock.
final class FrameBuffer: @unchecked Sendable {
    private var memory: UnsafeMutableRawBufferPointer
    /// Bytes so far, with the room for the header.
    private(set) var count = ArchiveFormat.frameHeaderCount

    init() {
        memory = .allocate(byteCount: ArchiveFormat.frameBytes + (64 << 10), alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        wipe()
        memory.deallocate()
    }

    var isEmpty: Bool { count == ArchiveFormat.frameHeaderCount }

    /// Everything in it.
    var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: memory[count..<(count + bytes.count)])
            .copyMemory(from: bytes)
        count += bytes.count
    }

    /// In little-endian order.
    func append(_ number: some FixedWidthInteger & BitwiseCopyable) {
        withUnsafeBytes(of: number.littleEndian) { append($0) }
    }

    /// Room for so many bytes behind what is there, valid until the buffer is changed; `extend`
    /// then keeps as many of them as were written.
    func room(for more: Int) -> UnsafeMutableRawBufferPointer {
        reserve(more)
        return UnsafeMutableRawBufferPointer(rebasing: memory[count..<(count + more)])
    }

    /// Bytes whose content does not matter yet, or that `room` was written with.
    func extend(by more: Int) {
        reserve(more)
        count += more
    }

    /// Empties it for another frame; what was in it is ciphertext by now.
    func reset() { count = ArchiveFormat.frameHeaderCount }

    private func reserve(_ more: Int) {
        guard count + more > memory.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: 2 * (count + more), alignment: 16)
        larger.initializeMemory(as: UInt8.self, repeating: 0)
        larger.copyMemory(from: UnsafeRawBufferPointer(bytes))
        wipe()
        memory.deallocate()
        memory = larger
    }

    /// All of it: what was lent and did not stay may be plaintext, too.
    private func wipe() {
        if let base = memory.baseAddress { explicit_bzero(base, memory.count) }
    }
}
