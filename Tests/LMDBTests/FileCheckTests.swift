import LMDB
import Testing
import VaultTestSupport

/// The checker must take every file that LMDB writes, and report what is in it.
@Suite struct FileCheckTests {
    private func content(_ path: String) throws(FileDamage) -> [String: [[UInt8]: [UInt8]]] {
        let check = try FileCheck.open(path: path)
        var content: [String: [[UInt8]: [UInt8]]] = [:]
        for name in check.tables.keys {
            var last: [UInt8] = []
            content[name] = [:]
            for leaf in check.leafPages(of: name) {
                try check.visit(leaf, failure: { $0 }) { (key, value) throws(FileDamage) in
                    #expect(last.lexicographicallyPrecedes(Array(key)))
                    last = Array(key)
                    content[name]?[last] = Array(value)
                }
            }
        }
        try check.finish()
        return content
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func everyFileOfLMDBPasses(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let fixture = try FileFixture()
        var model: [String: [[UInt8]: [UInt8]]] = ["first": [:], "second": [:]]
        for round in 0..<120 {
            let (changed, next) = try Self.commit(fixture, model, &random)
            if changed { model = next }
            if round % 10 == 9 {
                #expect(try content(fixture.path) == model, "seed \(seed), round \(round)")
            }
        }
        #expect(try FileCheck.open(path: fixture.path).transaction > 60)
    }

    /// One commit of random puts and removals; now and then it is abandoned instead.
    private static func commit(
        _ fixture: FileFixture, _ model: [String: [[UInt8]: [UInt8]]],
        _ random: inout SeededRandom
    ) throws -> (Bool, [String: [[UInt8]: [UInt8]]]) {
        var next = model
        var transaction = try fixture.environment.beginWrite()
        for _ in 0..<Int.random(in: 1...60, using: &random) {
            let number = Int.random(in: 0...1, using: &random)
            let (name, table) = (FileFixture.names[number], fixture.tables[number])
            let known = next[name]?.keys.randomElement(using: &random)
            if let known, Int.random(in: 0..<5, using: &random) < 2 {
                #expect(try transaction.remove(table, known))
                next[name]?[known] = nil
            } else {
                let key = (0..<Int.random(in: 1...300, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                let count =
                    [0, 1, 50, 500, 2_100, 9_000, 40_000].randomElement(using: &random) ?? 0
                let value = [UInt8](
                    repeating: UInt8.random(in: 0...255, using: &random), count: count)
                try transaction.put(table, key, value)
                next[name]?[key] = value
            }
        }
        if Int.random(in: 0..<6, using: &random) == 0 { return (false, model) }
        try transaction.commit()
        try fixture.environment.synchronize()
        return (true, next)
    }

    @Test func whatIsNotAFileOfLMDBIsNamed() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("data.mdb")
        #expect(throws: FileDamage.missing) { _ = try FileCheck.open(path: path) }
        try Files.write([], to: path)
        #expect(throws: FileDamage.tooShort(bytes: 0)) { _ = try FileCheck.open(path: path) }
        try Files.write([UInt8](repeating: 0, count: 8192), to: path)
        #expect(throws: FileDamage.foreign) { _ = try FileCheck.open(path: path) }
    }

    @Test func anotherVersionIsNotGuessed() throws {
        let fixture = try FileFixture()
        fixture.environment.close()
        var bytes = try Files.read(fixture.path)
        bytes[20] = 2
        try Files.write(bytes, to: fixture.path)
        let half = FileDamage.page(0, "names another version than the rest of the file")
        #expect(throws: half) { _ = try FileCheck.open(path: fixture.path) }
        bytes[4096 + 20] = 2
        try Files.write(bytes, to: fixture.path)
        #expect(throws: FileDamage.unsupported(version: 2)) {
            _ = try FileCheck.open(path: fixture.path)
        }
    }

    @Test func goingBackOneCommitTakesUpTheStateBefore() throws {
        let fixture = try FileFixture()
        for value in 1...3 as ClosedRange<UInt8> {
            try fixture.commit { (transaction) throws(LMDBError) in
                try transaction.put(fixture.tables[0], [1], [value])
            }
        }
        fixture.environment.close()
        let newest = try FileCheck.open(path: fixture.path).transaction
        try FileRepair.dropNewestCommit(path: fixture.path)
        #expect(try FileCheck.open(path: fixture.path).transaction == newest - 1)
        #expect(try content(fixture.path)["first"] == [[1]: [2]])
    }
}
