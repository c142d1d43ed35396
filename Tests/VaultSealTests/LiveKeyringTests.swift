import Glibc
import Sodium
import Synchronization
import Testing

@testable import VaultSeal

/// Slots and keys of a vault that is open.
@Suite("Live keyring")
struct LiveKeyringTests {
    private static let place = RecordPlace.log(main: 2, sub: 0)
    private let directory = ScratchDirectory()

    private func create() throws -> OpenedKeyring {
        try KeyringFile.createAll(in: directory.path, passphraseCost: .minimum) {
            (new) throws(SealError) in
            try new.addSlot(for: try keyfile(1))
            try new.addSlot(for: try passphrase("words"), label: "people")
        }
    }

    private func open(_ credential: borrowing Credential) throws -> OpenedKeyring {
        try KeyringFile.openAll(in: directory.path, with: credential)
    }

    private func refusal(_ credential: borrowing Credential) -> SealError? {
        do throws(SealError) {
            _ = try KeyringFile.openAll(in: directory.path, with: credential)
            return nil
        } catch { return error }
    }

    @Test func `A slot that is added opens the vault, one that is removed does not`() throws {
        let opened = try create()
        let added = try opened.live.addSlot(for: try keyfile(3), label: "third")
        #expect(added.id == 3 && added.label == "third")
        #expect(try open(try keyfile(3)).slot == added)
        try opened.live.removeSlot(id: 1)
        #expect(refusal(try keyfile(1)) == .wrongKey)
        #expect(try open(try passphrase("words")).slot.id == 2)
        #expect(try KeyringFile.describe(in: directory.path).slots.map(\.id) == [2, 3])
    }

    @Test func `A replaced slot has a new id, and its old credential opens nothing`() throws {
        let opened = try create()
        let new = try opened.live.addSlot(for: try keyfile(9), replacing: 1)
        #expect(new.id == 3)
        #expect(refusal(try keyfile(1)) == .wrongKey)
        #expect(try open(try keyfile(9)).slot == new)
    }

    @Test func `Ids of removed slots are not used again, also after the vault was closed`() throws {
        let opened = try create()
        let third = try opened.live.addSlot(for: try keyfile(3))
        try opened.live.removeSlot(id: third.id)
        let again = try open(try keyfile(1))
        #expect(try again.live.addSlot(for: try keyfile(4)).id == third.id + 1)
    }

    @Test func `The last slot stays`() throws {
        let opened = try create()
        try opened.live.removeSlot(id: 2)
        #expect(failure { () throws(SealError) in try opened.live.removeSlot(id: 1) } == .lastSlot)
        let error = failure { () throws(SealError) in try opened.live.removeSlot(id: 7) }
        #expect(error == .noSuchSlot(id: 7))
        _ = try open(try keyfile(1))
    }

    @Test func `A slot that cannot be made changes nothing`() throws {
        let opened = try create()
        let before = directory.read("keyring")
        let errors = [
            failure { () throws(SealError) in
                _ = try opened.live.addSlot(for: try passphrase(""))
            },
            failure { () throws(SealError) in
                _ = try opened.live.addSlot(for: try keyfile(3, count: 31), replacing: 1)
            },
            failure { () throws(SealError) in
                _ = try opened.live.addSlot(forRecipient: [UInt8](repeating: 0, count: 32))
            },
            failure { () throws(SealError) in
                _ = try opened.live.addSlot(for: try keyfile(3), replacing: 8)
            },
        ]
        #expect(errors.allSatisfy { $0 != nil })
        #expect(directory.read("keyring") == before)
    }

    @Test func `The owner of a recovery key opens what was sealed to its public half`() throws {
        let privateHalf = [UInt8](repeating: 5, count: 32)
        let publicHalf = KeyAgreement.publicHalf(of: try secret(privateHalf))
        let opened = try create()
        let slot = try opened.live.addSlot(forRecipient: publicHalf, label: "offline")
        #expect(try open(.recoveryKey(try secret(privateHalf))).slot == slot)
        let other = [UInt8](repeating: 6, count: 32)
        #expect(refusal(.recoveryKey(try secret(other))) == .wrongKey)
    }

    @Test func `Records sealed before a rotation open after it, and new ones under the new key`()
        throws
    {
        let opened = try create()
        let old = try opened.cipher.seal([1, 2, 3], at: Self.place)
        #expect(try opened.live.rotateDataKey() == 2)
        let new = try opened.cipher.seal([4], at: Self.place)
        #expect(opened.cipher.newestDataKey == 2)
        #expect(old.withUnsafeBytes { RecordCipher.dataKeyNumber(of: $0) } == 1)
        #expect(new.withUnsafeBytes { RecordCipher.dataKeyNumber(of: $0) } == 2)
        for cipher in [opened.cipher, try open(try keyfile(1)).cipher] {
            #expect(try cipher.open(old, at: Self.place) == [1, 2, 3])
            #expect(try cipher.open(new, at: Self.place) == [4])
        }
    }

    @Test func `A retired key opens nothing any more, here and after the next unseal`() throws {
        let opened = try create()
        let old = try opened.cipher.seal([1], at: Self.place)
        _ = try opened.live.rotateDataKey()
        let new = try opened.cipher.seal([2], at: Self.place)
        try opened.live.retireDataKeys(below: 2)
        for cipher in [opened.cipher, try open(try keyfile(1)).cipher] {
            let error = failure { () throws(SealError) in
                _ = try cipher.open(old, at: Self.place)
            }
            #expect(error == .unknownDataKey(number: 1))
            #expect(try cipher.open(new, at: Self.place) == [2])
        }
        try opened.live.retireDataKeys(below: .max)
        #expect(try opened.live.dataKeys().map(\.number) == [2])
    }

    @Test func `Another root key leaves every slot, and the old file's root opens nothing new`()
        throws
    {
        let opened = try create()
        let record = try opened.cipher.seal([7], at: Self.place)
        let before = directory.read("keyring")
        _ = try opened.live.rotateRootKey()
        #expect(try open(try keyfile(1)).cipher.open(record, at: Self.place) == [7])
        #expect(try open(try passphrase("words")).cipher.open(record, at: Self.place) == [7])
        let document = try KeyringDocument(decoding: before)
        guard
            let oldRoot = try document.slots[0].open(
                with: try keyfile(1), storeID: document.storeID)
        else {
            Issue.record("the old file does not open")
            return
        }
        let after = directory.read("keyring")
        #expect(try KeyringDocument.isAuthentic(before, rootKey: oldRoot))
        #expect(try !KeyringDocument.isAuthentic(after, rootKey: oldRoot))
        let error = failure { () throws(SealError) in
            _ = try KeyringWrapping.unwrap(
                try KeyringDocument(decoding: after), rootKey: oldRoot)
        }
        #expect(error?.isDamaged == true)
    }

    @Test func `Audit lines of every root key verify, and those of an old one not after a new one`()
        throws
    {
        let opened = try create()
        let second = try opened.live.rotateRootKey()
        let third = try opened.live.rotateRootKey()
        let message = Array("line".utf8)
        func mac(_ keys: AuditKeys) -> [UInt8] {
            var mac = [UInt8](repeating: 0, count: AuditKeys.digestCount)
            _ = message.withUnsafeBytes { message in
                mac.withUnsafeMutableBytes { keys.mac(of: message, into: $0) }
            }
            return mac
        }
        let macs = [mac(opened.auditKeys), mac(second), mac(third)]
        #expect(Set(macs).count == 3)
        let keys = try open(try keyfile(1)).auditKeys
        var pair = 0
        for (index, mac) in macs.enumerated() {
            let isRight = message.withUnsafeBytes { keys.isMAC(mac, of: $0, from: &pair) }
            #expect(isRight && pair == index)
        }
        #expect(!message.withUnsafeBytes { keys.isMAC(macs[0], of: $0, from: &pair) })
        #expect(mac(keys) == macs[2])
        #expect(try opened.live.rootKeyChanges() == 2)
    }

    @Test func `Every change is another generation, and another file is not overwritten`() throws {
        let opened = try create()
        let first = directory.read("keyring")
        let generation = try opened.live.generation()
        _ = try opened.live.rotateDataKey()
        #expect(try opened.live.generation() == generation + 1)
        #expect(try open(try keyfile(1)).live.generation() == generation + 1)
        writeFile(first, "\(directory.path)/keyring")
        let error = failure { () throws(SealError) in _ = try opened.live.rotateDataKey() }
        #expect(error == .damaged(what: "keyring: it was changed while the vault was open"))
        #expect(directory.read("keyring") == first)
    }

    @Test func `Nothing can be changed when it is closed`() throws {
        let opened = try create()
        opened.live.close()
        #expect(failure { () throws(SealError) in try opened.live.removeSlot(id: 1) } == .closed)
        #expect(
            failure { () throws(SealError) in _ = try opened.live.rotateRootKey() } == .closed)
        _ = try open(try keyfile(1))
    }

    @Test func `Slots of format 1 go on, but get no new root key`() throws {
        let golden = GoldenTests.directory + "/keyring-v1.bin"
        let bytes = try #require(readFile(golden))
        writeFile(bytes, "\(directory.path)/keyring")
        let credential = Credential.keyfile(try secret(Array(0..<32)))
        let opened = try KeyringFile.openAll(in: directory.path, with: credential)
        let error = failure { () throws(SealError) in _ = try opened.live.rotateRootKey() }
        #expect(error == .slotNeedsItsCredential(id: 1))
        _ = try opened.live.rotateDataKey()
        let again = try KeyringFile.openAll(
            in: directory.path, with: try passphrase(GoldenTests.passphraseText))
        _ = try again.live.addSlot(for: try keyfile(2), replacing: 1)
        _ = try again.live.addSlot(for: try keyfile(3), replacing: 2)
        _ = try again.live.rotateRootKey()
        _ = try open(try keyfile(2))
    }

    @Test func `Records are sealed and opened while keys come and go`() throws {
        let opened = try create()
        let cipher = opened.cipher
        let isDone = Atomic<Bool>(false)
        let failures = Atomic<Int>(0)
        let worker: @Sendable () -> Void = {
            while !isDone.load(ordering: .relaxed) {
                do {
                    let record = try cipher.seal([1, 2], at: Self.place)
                    guard try cipher.open(record, at: Self.place) == [1, 2] else {
                        throw SealError.wrongKey
                    }
                } catch {
                    failures.wrappingAdd(1, ordering: .relaxed)
                }
            }
        }
        let live = opened.live
        onThreads([
            worker, worker,
            {
                for _ in 0..<60 {
                    do {
                        _ = try live.rotateDataKey()
                    } catch {
                        failures.wrappingAdd(1, ordering: .relaxed)
                    }
                }
                isDone.store(true, ordering: .relaxed)
            },
        ])
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(try live.dataKeys().count == 61)
    }
}
