import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultAccess

/// The book as bytes.
@Suite struct EncodingTests {
    private static func decode(_ bytes: [UInt8]) throws(AccessError) -> AccessBook {
        var result: Result<AccessBook, AccessError> = .failure(.damaged(what: "not read"))
        bytes.withUnsafeBytes { bytes in
            result = Result { () throws(AccessError) in try AccessBook(decoding: bytes) }
        }
        return try result.get()
    }

    private static func book(_ random: inout SeededRandom) throws -> AccessBook {
        let (model, changes) = AccessModel.random(&random)
        var book = try AccessBook(changes, administrators: [.userID(990)])
        let hash = try PasswordHash(
            operations: 1, memory: 8 << 20, salt: random.bytes(16), digest: random.bytes(32))
        if model.users["alice"] == nil { try book.apply(.addUser("alice", passwordHash: hash)) }
        if book.user(named: "root")?.isRoot == true { try book.apply(.enableLogin) }
        let write = try Permission(.write, key: [1], rangeEnd: [0])
        let get = try Permission(.get, key: [1], rangeEnd: [0])
        try book.apply(.allow(.unit("web.service"), write))
        try book.apply(.allow(.unit("web.service"), get))
        return book
    }

    @Test(arguments: TestSeed.seeds(50, for: "books"))
    func whatWasEncodedIsDecodedToTheSame(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<20 {
            let book = try Self.book(&random)
            let encoded = book.encode()
            #expect(encoded.count == book.encodedByteCount)
            #expect(try Self.decode(encoded) == book, "seed \(seed)")
        }
    }

    /// Whatever still is a book says what it says in the one way there is, so it is encoded to the
    /// same bytes.
    @Test(arguments: TestSeed.seeds(50, for: "mutations"))
    func changedBytesAreRefusedOrAreAnotherBookInFull(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let original = try Self.book(&random).encode()
        for _ in 0..<400 {
            var bytes = original
            for _ in 0...Int(random.next() % 3) {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 5 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[place] ^= 1 << UInt8(random.next() % 8)
                case 2: bytes.remove(at: place)
                case 3: bytes.insert(random.pick([0, 1, 0x61, 0xff]), at: place)
                default: bytes.replaceSubrange(place..., with: random.bytes(8))
                }
            }
            let error = failure { () throws(AccessError) in
                let book = try Self.decode(bytes)
                #expect(book.encode() == bytes, "seed \(seed)")
            }
            switch error {
            case nil, .damaged, .unsupportedFormat, .unsafePasswordCost: continue
            case let error?: Issue.record("seed \(seed): \(error)")
            }
        }
    }

    @Test func everyTruncationAndExtensionIsDamage() throws {
        var random = SeededRandom(seed: 3)
        let bytes = try Self.book(&random).encode()
        for count in 0..<bytes.count {
            let error = failure { () throws(AccessError) in
                _ = try Self.decode(Array(bytes[..<count]))
            }
            guard case .damaged = error else {
                Issue.record("\(count) of \(bytes.count) bytes: \(String(describing: error))")
                continue
            }
        }
        let longer = failure { () throws(AccessError) in _ = try Self.decode(bytes + [0]) }
        #expect(longer == .damaged(what: "bytes after the last user"))
    }

    @Test(arguments: TestSeed.seeds(20, for: "noise"))
    func noiseIsRefused(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let head: [UInt8] = random.once(in: 2) ? [1, 0, 1, 0, 0, 0, 0, 0, 0, 0] : []
            let noise = head + random.bytes(Int(random.next() % 100))
            let error = failure { () throws(AccessError) in _ = try Self.decode(noise) }
            let isEmptyBook = noise.count == 18 && noise[10...].allSatisfy { $0 == 0 }
            #expect(error != nil || isEmptyBook, "seed \(seed)")
        }
    }

    @Test func anotherFormatIsNotGuessed() {
        let error = failure { () throws(AccessError) in _ = try Self.decode([2, 0, 1]) }
        #expect(error == .unsupportedFormat(2))
    }

    @Test func theFormatIsTheOneDescribed() throws {
        let hash = try PasswordHash(
            operations: 2, memory: 64 << 20, salt: Array(repeating: 7, count: 16),
            digest: Array(repeating: 8, count: 32))
        let book = try AccessBook([
            .addRole("r"), .grantPermission(role: "r", try permission(.get, "k", "l")),
            .addUser("u", passwordHash: hash), .grantRole(user: "u", role: "r"),
            .addUser("uid:5", passwordHash: nil),
        ])
        let expected: [UInt8] =
            [1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]
            + [1, 0, 0x72, 1, 0, 0, 0, 3, 1, 0, 0, 0, 0x6b, 1, 0, 0, 0, 0x6c]
            + [1, 0, 0x75, 1, 2, 2, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]
            + Array(repeating: 7, count: 16) + Array(repeating: 8, count: 32)
            + [1, 0, 1, 0, 0x72] + [5, 0] + bytes("uid:5") + [0, 0, 0]
        #expect(book.encode() == expected)
        #expect(try Self.decode(expected) == book)
    }

    @Test func whatCouldNotHaveBeenWrittenIsRefused() throws {
        let head: [UInt8] = [1, 0, 6, 0, 0, 0, 0, 0, 0, 0]
        let none: [UInt8] = [0, 0, 0, 0]
        let one: [UInt8] = [1, 0, 0, 0]
        let two: [UInt8] = [2, 0, 0, 0]
        func user(_ name: String, _ roles: [String] = []) -> [UInt8] {
            [UInt8(name.utf8.count), 0] + bytes(name) + [0, UInt8(roles.count), 0]
                + roles.flatMap { [UInt8($0.utf8.count), 0] + bytes($0) }
        }
        let hash = [1, 2, 1, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0] + [UInt8](repeating: 9, count: 48)
        let hostile: [(String, [UInt8])] = [
            ("revision 0", [1, 0, 0, 0, 0, 0, 0, 0, 0, 0] + none + none),
            ("an unknown flag", [1, 2] + head[2...] + none + none),
            ("logins without root", [1, 1] + head[2...] + none + none),
            ("users out of order", head + none + two + user("b") + user("a")),
            ("a user twice", head + none + two + user("a") + user("a")),
            ("a role that is not there", head + none + one + user("a", ["r"])),
            ("a role twice", head + none + one + user("a", ["root", "root"])),
            ("no principal", head + none + one + user("uid:x")),
            ("the unmapped", head + none + one + user("uid:65534")),
            ("a name of control characters", head + none + one + user("\n")),
            ("an empty name", head + none + one + user("")),
            ("no UTF-8", head + none + one + [1, 0, 0xff, 0, 0, 0]),
            (
                "a principal with a password",
                head + none + one + [5, 0] + bytes("uid:5") + hash + [0, 0]
            ),
            ("four billion roles", head + [0xff, 0xff, 0xff, 0xff] + none),
            ("more users than bytes", head + none + [0x10, 0x27, 0, 0]),
            (
                "a permission on nothing",
                head + one + none + [1, 0, 0x72] + one + [0] + none + none
            ),
            (
                "a kind that is not there",
                head + one + none + [1, 0, 0x72] + one + [4] + one + [0x61] + none
            ),
            (
                "read beside get",
                head + one + none + [1, 0, 0x72] + two + [0] + one + [0x61] + none
                    + [3] + one + [0x61] + none
            ),
        ]
        for (name, bytes) in hostile {
            let error = failure { () throws(AccessError) in _ = try Self.decode(bytes) }
            guard case .damaged = error else {
                Issue.record("\(name): \(String(describing: error))")
                continue
            }
        }
        #expect(
            try Self.decode(head + none + one + user("a", ["root"])).user(named: "a")?.isRoot
                == true)
    }

    /// A book must not be able to have the daemon killed for its memory.
    @Test func aPasswordHashOutOfBoundsIsRefused() throws {
        for (operations, memory): (UInt32, UInt64) in [
            (1, 512 << 20), (1, 1 << 40), (11, 8 << 20), (0, 8 << 20), (1, 1 << 10),
        ] {
            let error = failure { () throws(AccessError) in
                _ = try PasswordHash(
                    operations: operations, memory: memory, salt: Array(repeating: 0, count: 16),
                    digest: Array(repeating: 0, count: 32))
            }
            #expect(error == .unsafePasswordCost)
        }
    }
}
