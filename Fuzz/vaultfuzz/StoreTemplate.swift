import Glibc
import VaultSeal

@testable import VaultStore

/// A store that is new for each input, in the file of the one before: the kernel would take far
/// longer to make and to free the pages of a new file than a short input takes to run.
final class StoreTemplate {
    /// As far as most inputs come. What others leave beyond it are pages that nothing refers to.
    private static let usedBytesMax = 1 << 18

    private let directory: String
    private let keyring: OpenedKeyring
    /// What a new file begins with, and zeros.
    private let start: [UInt8]
    private let size: off_t
    private let file: Int32

    /// In `directory`, which is made.
    init(in directory: String, _ keyring: OpenedKeyring) throws {
        self.directory = directory
        self.keyring = keyring
        mkdir(directory, 0o700)
        try Store.create(
            in: directory, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey)
        file = Glibc.open("\(directory)/data.mdb", O_RDWR | O_CLOEXEC)
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0 else {
            throw ScratchDirectory.Failure(call: "open", code: errno)
        }
        size = status.st_size
        var bytes = [UInt8](repeating: 0, count: Self.usedBytesMax)
        guard pread(file, &bytes, bytes.count, 0) >= 0 else {
            throw ScratchDirectory.Failure(call: "read", code: errno)
        }
        start = bytes
    }

    deinit { close(file) }

    /// The new store. The one before has to be closed.
    func openNew() throws(StoreError) -> Store {
        let isWritten =
            ftruncate(file, size) == 0 && pwrite(file, start, start.count, 0) == start.count
        precondition(isWritten, "a file in memory can be written")
        return try open()
    }

    /// The same store once more.
    func open() throws(StoreError) -> Store {
        try Store.open(
            in: directory, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey,
            configuration: StoreConfiguration(scanThreads: 1))
    }
}
