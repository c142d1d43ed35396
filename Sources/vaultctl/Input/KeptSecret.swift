import Glibc
import VaultSeal

/// A secret's bytes, which several may hold; wiped when nobody does.
///
/// SAFETY (`@unchecked`): immutable.
final class KeptSecret: @unchecked Sendable {
    let buffer: SecretBuffer

    init(_ buffer: consuming SecretBuffer) {
        self.buffer = buffer
    }

    /// The share that it is the text of.
    func share() throws(ShareError) -> Share {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count, alignment: 1)
        defer {
            SecretBuffer.wipe(copy)
            copy.deallocate()
        }
        buffer.withBytes { copy.copyMemory(from: $0) }
        return try Share(text: UnsafeRawBufferPointer(copy))
    }

    /// Writes it into a pipe, which has room for it.
    func write(to descriptor: Int32, asLine: Bool) {
        buffer.withBytes { bytes in
            _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        }
        if asLine { _ = Glibc.write(descriptor, "\n", 1) }
    }
}
