import Sodium
import Testing

@testable import VaultSeal

/// Keyring files that somebody or something changed.
@Suite("Hostile keyring files")
struct HostileKeyringTests {
    /// A vault's file with a key file slot (of 32 times 7) and a passphrase slot.
    let file: [UInt8]

    init() throws {
        let directory = ScratchDirectory()
        _ = try KeyringFile.create(in: directory.path, passphraseCost: .minimum) {
            (new) throws(SealError) in
            try new.addSlot(for: try keyfile(7), label: "box")
            try new.addSlot(for: try passphrase("words"))
        }
        file = directory.read("keyring")
    }

    /// The file with its last 32 bytes made right again, as a person would.
    static func withChecksum(_ file: [UInt8]) -> [UInt8] {
        guard file.count >= 32 else { return file }
        let body = Array(file.dropLast(32))
        var checksum = [UInt8](repeating: 0, count: 32)
        body.withUnsafeBytes { body in
            checksum.withUnsafeMutableBytes {
                KeyedHash.digest(
                    of: body, key: UnsafeRawBufferPointer(start: nil, count: 0), into: $0)
            }
        }
        return body + checksum
    }

    private func outcome(_ file: [UInt8], key: UInt8 = 7) -> SealError? {
        failure { () throws(SealError) in
            _ = try KeyringFile.open(file, with: try keyfile(key))
        }
    }

    @Test func `The file as written opens, also with its checksum made anew`() {
        #expect(outcome(file) == nil)
        #expect(Self.withChecksum(file) == file)
    }

    @Test func `Every flipped bit is damage, whichever key is tried`() {
        for bit in 0..<(file.count * 8) {
            var changed = file
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(outcome(changed)?.isDamaged == true, "bit \(bit)")
            #expect(outcome(changed, key: 8)?.isDamaged == true, "bit \(bit), wrong key")
        }
    }

    @Test func `Every truncation and extension is damage`() {
        for count in 0..<file.count {
            let short = Array(file.prefix(count))
            #expect(outcome(short)?.isDamaged == true, "\(count)")
            #expect(outcome(Self.withChecksum(short))?.isDamaged == true, "\(count), checksum")
        }
        #expect(outcome(file + [0])?.isDamaged == true)
        #expect(outcome(Self.withChecksum(file + [0]))?.isDamaged == true)
        #expect(outcome([UInt8](repeating: 0, count: 2 << 20))?.isDamaged == true)
    }

    @Test func `No flipped bit opens even with the checksum made anew`() {
        for bit in 0..<((file.count - 32) * 8) {
            var changed = file
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let error = outcome(Self.withChecksum(changed))
            #expect(error != nil, "bit \(bit)")
            // A slot that was changed looks like a wrong key; everything else is told.
            if bit / 8 < 8 || bit / 8 >= file.count - 64 {
                #expect(error?.isDamaged == true, "bit \(bit)")
            }
            if (8..<12).contains(bit / 8) {
                guard case .unsupportedFormat = error else {
                    Issue.record("bit \(bit): \(String(describing: error))")
                    continue
                }
            }
        }
    }

    @Test func `A removed slot is noticed by whoever still opens it`() throws {
        let document = try KeyringDocument(decoding: file)
        var cut = document
        cut.slots.removeLast()
        var random = try RootKey.random()
        let forged = try cut.encoded(rootKey: random)
        #expect(outcome(forged) == .damaged(what: "keyring: it was changed without the root key"))
        random = try RootKey.random()
        cut.slots = document.slots.reversed()
        #expect(outcome(try cut.encoded(rootKey: random))?.isDamaged == true)
    }

    @Test func `Seeded mutations end in a typed error`() {
        var random = Seeded("keyring mutations")
        for round in 0..<4000 {
            var changed = file
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                mutate(&changed, &random)
            }
            if round % 4 != 0 { changed = Self.withChecksum(changed) }
            guard changed != file else { continue }
            #expect(outcome(changed) != nil, "round \(round)")
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout Seeded) {
        guard !bytes.isEmpty else { return }
        let index = Int.random(in: 0..<bytes.count, using: &random)
        let interesting: [UInt8] = [0, 1, 0x7f, 0x80, 0xff]
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[index] = interesting.randomElement(using: &random) ?? 0
        case 2: bytes.remove(at: index)
        case 3: bytes.insert(bytes[index], at: index)
        default:
            let end = min(bytes.count, index + Int.random(in: 1..<80, using: &random))
            bytes.append(contentsOf: bytes[index..<end])
        }
    }

    /// Sets the four or eight bytes of a passphrase slot's cost and makes the checksum anew.
    private func file(operations: UInt32, memory: UInt64) throws -> [UInt8] {
        let salt = [UInt8](repeating: 1, count: 16)
        var writer = ByteWriter()
        writer.put(operations)
        writer.put(memory)
        let wanted = writer.bytes
        let cost = try PassphraseCost(operations: 1, memory: 8 << 20)
        var document = try KeyringDocument(decoding: file)
        document.slots[1].parameters = .passphrase(cost: cost, salt: salt)
        var bytes = try document.encoded(rootKey: try RootKey.random())
        var found = ByteWriter()
        found.put(cost.operations)
        found.put(cost.memory)
        let place = bytes.indices.first {
            bytes[$0...].starts(with: found.bytes + salt)
        }
        let start = try #require(place)
        bytes.replaceSubrange(start..<(start + wanted.count), with: wanted)
        return Self.withChecksum(bytes)
    }

    @Test(
        arguments: [
            (0, 8 << 20), (11, 8 << 20), (UInt32.max, 8 << 20), (1, 0), (1, (8 << 20) - 1024),
            (1, (1 << 30) + 1024), (1, (8 << 20) + 1), (1, 1 << 40), (1, UInt64.max),
        ] as [(UInt32, UInt64)])
    func `A cost out of bounds is refused before it is paid`(
        operations: UInt32, memory: UInt64
    ) throws {
        let error = outcome(try file(operations: operations, memory: memory))
        guard case .unsafeParameters = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `A slot that another kind of credential opens is kept`() throws {
        var document = try KeyringDocument(decoding: file)
        document.slots[1].parameters = .recipient
        let bytes = try document.encoded(rootKey: try RootKey.random())
        let again = try KeyringDocument(decoding: bytes)
        #expect(again == document)
        #expect(again.slots[1].description.kind == .recipient)
    }
}
