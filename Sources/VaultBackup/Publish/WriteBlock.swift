#if canImport(Glibc)
    import Glibc
#endif

/// Bytes on their way to a disk, past the page cache: they fill no memory that others need, and the
/// sync of another file, a commit of the vault say, does not wait for them.
///
/// SAFETY (class): its memory is freed once, by `deinit`; one thread at a time has it.
final class WriteBlock {
    /// What every disk and file system takes.
    private static let alignment = 4096

    private let memory = UnsafeMutableRawBufferPointer.allocate(
        byteCount: BackupLimits.writeBlockBytes, alignment: WriteBlock.alignment)
    private var count = 0

    init() { memory.initializeMemory(as: UInt8.self, repeating: 0) }

    deinit { memory.deallocate() }

    var isEmpty: Bool { count == 0 }
    var isFull: Bool { count == memory.count }
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    /// Takes what there is room for from the front of `bytes`.
    func fill(from bytes: inout UnsafeRawBufferPointer) {
        let taken = min(bytes.count, memory.count - count)
        UnsafeMutableRawBufferPointer(rebasing: memory[count..<(count + taken)])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
        count += taken
        bytes = UnsafeRawBufferPointer(rebasing: bytes[taken...])
    }

    func removeAll() { count = 0 }
}
