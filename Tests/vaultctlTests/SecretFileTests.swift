import Glibc
import Testing

@testable import vaultctl

@Suite struct SecretFileTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    @Test(arguments: [
        ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"),
        ("secret\n\n", "secret\n"), (" secret ", " secret "),
    ])
    func oneNewlineAtTheEndIsNoPartOfThePassphrase(content: String, passphrase: String) throws {
        let path = try directory.write("p", Array(content.utf8))
        #expect(bytes(of: try SecretFile.passphrase(at: path)) == Array(passphrase.utf8))
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o644] as [mode_t])
    func fileThatOthersMayReadIsRefusedWithTheCommandToType(mode: mode_t) throws {
        let path = try directory.write("p", Array("secret".utf8), mode: mode)
        let refusal = failure { () throws(CommandFailure) in _ = try SecretFile.passphrase(at: path)
        }
        #expect(
            refusal?.description
                == "passphrase file \(path) can be read by others; type: chmod 600 \(path)")
    }

    @Test(arguments: ["", "\n"])
    func emptyPassphraseIsRefused(content: String) throws {
        let path = try directory.write("p", Array(content.utf8))
        let refusal = failure { () throws(CommandFailure) in _ = try SecretFile.passphrase(at: path)
        }
        #expect(refusal?.message == "passphrase file \(path) is empty")
    }

    @Test func hugeFileIsNotAPassphrase() throws {
        let path = try directory.write("p", [UInt8](repeating: 0x61, count: 5000))
        let refusal = failure { () throws(CommandFailure) in _ = try SecretFile.passphrase(at: path)
        }
        #expect(refusal?.status == .failed)
    }

    @Test func directoryIsNotASecret() {
        let refusal = failure { () throws(CommandFailure) in
            _ = try SecretFile.passphrase(at: directory.path)
        }
        #expect(refusal?.message == "passphrase file \(directory.path) is not a file")
    }

    @Test func newKeyFileHas32RandomBytesForItsOwnerAlone() throws {
        let path = directory.file("k")
        let key = bytes(of: try KeyFile.create(path))
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode == S_IFREG | 0o600)
        #expect(status.st_size == 32)
        #expect(bytes(of: try KeyFile.read(path)) == key)
        #expect(bytes(of: try KeyFile.create(directory.file("k2"))) != key)
    }

    @Test func existingFileIsNeverReplacedByAKey() throws {
        let path = try directory.write("k", [1, 2, 3])
        #expect(failure { () throws(CommandFailure) in _ = try KeyFile.create(path) } != nil)
        let target = directory.file("target")
        try #require(symlink(target, directory.file("link")) == 0)
        #expect(
            failure { () throws(CommandFailure) in
                _ = try KeyFile.create(directory.file("link"))
            } != nil)
        #expect(!KeyFile.exists(target))
    }

    @Test(arguments: [0, 31, 33])
    func keyFileOfAnotherSizeIsRefused(count: Int) throws {
        let path = try directory.write("k", [UInt8](repeating: 7, count: count))
        let refusal = failure { () throws(CommandFailure) in _ = try KeyFile.read(path) }
        #expect(refusal?.message == "key file \(path) has \(count) bytes, not 32")
    }

    @Test func keyFileKeepsItsTrailingNewlineByte() throws {
        let key = [UInt8](repeating: 0x0A, count: 32)
        let path = try directory.write("k", key)
        #expect(bytes(of: try KeyFile.read(path)) == key)
    }
}
