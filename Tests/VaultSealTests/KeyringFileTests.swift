import Glibc
import Testing

@testable import VaultSeal

@Suite("Keyring file")
struct KeyringFileTests {
    static let place = RecordPlace.log(main: 2, sub: 0)

    @Test func `Every credential opens what the creator sealed`() throws {
        let directory = ScratchDirectory()
        let cipher = try KeyringFile.create(in: directory.path, passphraseCost: .minimum) {
            (new) throws(SealError) in
            try new.addSlot(for: try passphrase("one"), label: "first")
            try new.addSlot(for: try keyfile(2))
            try new.addSlot(for: try passphrase("three"))
        }
        let record = try cipher.seal([1, 2, 3], at: Self.place)
        let opened = [
            try KeyringFile.open(in: directory.path, with: try passphrase("one")),
            try KeyringFile.open(in: directory.path, with: try keyfile(2)),
            try KeyringFile.open(in: directory.path, with: try passphrase("three")),
        ]
        for again in opened {
            #expect(again.storeID == cipher.storeID)
            #expect(again.timeline == cipher.timeline)
            #expect(try again.open(record, at: Self.place) == [1, 2, 3])
        }
        let description = try KeyringFile.describe(in: directory.path)
        #expect(description.storeID == cipher.storeID)
        #expect(description.timeline == cipher.timeline)
        #expect(description.slots.map(\.id) == [1, 2, 3])
        #expect(description.slots.map(\.kind) == [.passphrase, .keyfile, .passphrase])
        #expect(description.slots.map(\.label) == ["first", "", ""])
        #expect(description.slots.map(\.passphraseCost) == [.minimum, nil, .minimum])
        #expect(description.slots[0].description == "Argon2id, 8 MiB, 1 pass")
    }

    @Test func `A wrong credential is a wrong key, not damage`() throws {
        let directory = ScratchDirectory()
        _ = try KeyringFile.create(in: directory.path, passphraseCost: .minimum) {
            (new) throws(SealError) in
            try new.addSlot(for: try passphrase("right"))
            try new.addSlot(for: try keyfile(1))
        }
        #expect(throws: SealError.wrongKey) {
            try KeyringFile.open(in: directory.path, with: try passphrase("wrong"))
        }
        #expect(throws: SealError.wrongKey) {
            try KeyringFile.open(in: directory.path, with: try passphrase(""))
        }
        #expect(throws: SealError.wrongKey) {
            try KeyringFile.open(in: directory.path, with: try keyfile(2))
        }
        #expect(throws: SealError.wrongKey) {
            try KeyringFile.open(in: directory.path, with: try keyfile(1, count: 31))
        }
        // The bytes of the passphrase are no key file.
        #expect(throws: SealError.wrongKey) {
            try KeyringFile.open(
                in: directory.path, with: .keyfile(try secret(Array("right".utf8))))
        }
    }

    @Test func `A kind without a slot is said so`() throws {
        let directory = ScratchDirectory()
        _ = try createVault(in: directory)
        #expect(throws: SealError.noSlotOfThatKind) {
            try KeyringFile.open(in: directory.path, with: try passphrase("x"))
        }
    }

    @Test func `Two vaults share nothing`() throws {
        let (first, second) = (ScratchDirectory(), ScratchDirectory())
        let one = try createVault(in: first)
        let two = try createVault(in: second)
        #expect(one.storeID != two.storeID)
        #expect(one.timeline.nonce != two.timeline.nonce)
        #expect(throws: SealError.self) {
            try two.open(try one.seal([1], at: Self.place), at: Self.place)
        }
    }

    @Test func `The file is private and nothing else is left`() throws {
        let directory = ScratchDirectory()
        let previous = umask(0)
        defer { umask(previous) }
        _ = try createVault(in: directory)
        #expect(directory.names == ["keyring"])
        #expect(directory.mode("keyring") == 0o600)
    }

    @Test func `A keyring that is there is never overwritten`() throws {
        let directory = ScratchDirectory()
        directory.write([1, 2, 3], to: "keyring")
        #expect(throws: SealError.alreadyInitialized) { try createVault(in: directory) }
        #expect(directory.read("keyring") == [1, 2, 3])
        #expect(directory.names == ["keyring"])
    }

    @Test func `Of two that create at once one wins and the other touches nothing`() throws {
        let directory = ScratchDirectory()
        #expect(throws: SealError.alreadyInitialized) {
            try KeyringFile.create(in: directory.path, passphraseCost: .minimum) {
                (new) throws(SealError) in
                try new.addSlot(for: try keyfile(1))
                // The other one is faster.
                _ = try KeyringFile.create(in: directory.path, passphraseCost: .minimum) {
                    (other) throws(SealError) in
                    try other.addSlot(for: try keyfile(2))
                }
            }
        }
        _ = try KeyringFile.open(in: directory.path, with: try keyfile(2))
        #expect(directory.names == ["keyring"])
    }

    @Test func `A dangling link counts as a keyring and is not followed`() throws {
        let directory = ScratchDirectory()
        #expect(symlink("/nonexistent/keyring", "\(directory.path)/keyring") == 0)
        #expect(throws: SealError.alreadyInitialized) { try createVault(in: directory) }
        let error = failure { () throws(SealError) in
            _ = try KeyringFile.describe(in: directory.path)
        }
        guard case .system(ELOOP, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `Without the file the vault is not initialised`() throws {
        let directory = ScratchDirectory()
        #expect(throws: SealError.notInitialized) {
            try KeyringFile.describe(in: directory.path)
        }
        #expect(throws: SealError.notInitialized) {
            try KeyringFile.open(in: directory.path, with: try keyfile(1))
        }
    }

    @Test func `Unsafe credentials make no vault`() throws {
        let directory = ScratchDirectory()
        func create(_ addSlots: (inout NewKeyring) throws(SealError) -> Void) -> SealError? {
            failure { () throws(SealError) in
                _ = try KeyringFile.create(
                    in: directory.path, passphraseCost: .minimum, addSlots: addSlots)
            }
        }
        let failures = [
            create { (_) throws(SealError) in },
            create { (new) throws(SealError) in try new.addSlot(for: try passphrase("")) },
            create { (new) throws(SealError) in
                try new.addSlot(for: try keyfile(1, count: 31))
            },
            create { (new) throws(SealError) in
                try new.addSlot(for: try keyfile(1, count: 0))
            },
            create { (new) throws(SealError) in
                try new.addSlot(for: try keyfile(1), label: String(repeating: "x", count: 65))
            },
            create { (new) throws(SealError) in
                for _ in 0...32 { try new.addSlot(for: try keyfile(1)) }
            },
        ]
        for error in failures {
            guard case .invalidSlot = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(directory.names.isEmpty)
    }

    @Test func `A full disk leaves no vault behind`() async throws {
        await #expect(processExitsWith: .success) {
            let directory = ScratchDirectory()
            signal(SIGXFSZ, SIG_IGN)
            // The first write is cut short at 100 bytes, the second fails.
            var limit = rlimit(rlim_cur: 100, rlim_max: 100)
            guard setrlimit(Int32(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
            do {
                _ = try createVault(in: directory)
                exit(3)
            } catch SealError.system(EFBIG, _) {
                guard directory.names.isEmpty else { exit(4) }
            }
        }
    }
}
