import Glibc
import LMDB
import Synchronization
import Testing
import VaultTestSupport

@Suite struct EnvironmentTests {
    @Test func whatIsCommittedIsThereAndWhatIsNotIsNot() throws {
        let fixture = try FileFixture()
        try fixture.commit { (transaction) throws(LMDBError) in
            try transaction.put(fixture.tables[0], [1], [10])
        }
        do {
            var abandoned = try fixture.environment.beginWrite()
            try abandoned.put(fixture.tables[0], [2], [20])
            _ = try abandoned.remove(fixture.tables[0], [1])
        }
        #expect(try fixture.get(fixture.tables[0], [1]) == [10])
        #expect(try fixture.get(fixture.tables[0], [2]) == nil)
        #expect(try fixture.get(fixture.tables[1], [1]) == nil)
    }

    @Test func appendingRefusesAKeyThatIsNotTheLast() throws {
        let fixture = try FileFixture()
        #expect(throws: LMDBError.keyExists) {
            try fixture.commit { (transaction) throws(LMDBError) in
                try transaction.put(fixture.tables[0], [5], [1], isLast: true)
                try transaction.put(fixture.tables[0], [4], [1], isLast: true)
            }
        }
        #expect(try fixture.get(fixture.tables[0], [5]) == nil, "the whole change is gone")
    }

    @Test func aValueLargerThanAPageComesBackWhole() throws {
        let fixture = try FileFixture()
        let value = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        try fixture.commit { (transaction) throws(LMDBError) in
            try transaction.put(fixture.tables[0], [1], value)
        }
        #expect(try fixture.get(fixture.tables[0], [1]) == value)
    }

    @Test func aDirectoryOpensOnceAndAgainAfterClosing() throws {
        let fixture = try FileFixture()
        func again() throws(LMDBError) -> LMDB.Environment {
            try LMDB.Environment.open(
                directory: fixture.directory.path, mapBytes: 1 << 20, tablesMax: 1)
        }
        #expect(throws: LMDBError.inUse) { _ = try again() }
        fixture.environment.close()
        try again().close()
    }

    @Test func aReplacedFileIsReadByWhoeverComesAndTheOldOneByWhoeverWasThere() throws {
        let fixture = try FileFixture()
        try fixture.commit { (transaction) throws(LMDBError) in
            try transaction.put(fixture.tables[0], [1], [10])
        }
        let other = try FileFixture()
        try other.commit { (transaction) throws(LMDBError) in
            try transaction.put(other.tables[0], [1], [20])
        }
        let table = fixture.tables[0]
        let old = try fixture.environment.read(failure: { $0 }) {
            (snapshot) throws(LMDBError) -> [UInt8]? in
            _ = try fixture.environment.replace(with: other.environment)
            let outcome: Result<[UInt8]?, LMDBError> = withUnsafeBytes(of: UInt8(1)) { key in
                do throws(LMDBError) {
                    return .success(try snapshot.get(table, key).map { Array($0) })
                } catch { return .failure(error) }
            }
            return try outcome.get()
        }
        #expect(old == [10])
        #expect(try fixture.get(table, [1]) == [20])
        try fixture.environment.synchronizeDirectory()
        #expect(throws: LMDBError.closed) { _ = try other.get(other.tables[0], [1]) }
        #expect(!Files.exists(other.path) && Files.exists(fixture.path))
        try fixture.commit { (transaction) throws(LMDBError) in
            try transaction.put(fixture.tables[0], [2], [30])
        }
        #expect(try fixture.get(fixture.tables[0], [2]) == [30])
        #expect(throws: LMDBError.inUse) {
            _ = try LMDB.Environment.open(
                directory: fixture.directory.path, mapBytes: 1 << 20, tablesMax: 1)
        }
        fixture.environment.close()
        try LMDB.Environment.open(
            directory: fixture.directory.path, mapBytes: 1 << 20, tablesMax: 1
        ).close()
    }

    @Test func aReadAfterClosingIsRefused() throws {
        let fixture = try FileFixture()
        fixture.environment.close()
        #expect(throws: LMDBError.closed) { _ = try fixture.get(fixture.tables[0], [1]) }
    }

    @Test func aFullMapIsToldAndTheFileStaysUsable() throws {
        let fixture = try FileFixture(mapBytes: 1 << 17)
        let big = [UInt8](repeating: 7, count: 1 << 17)
        #expect(throws: LMDBError.mapFull) {
            try fixture.commit { (transaction) throws(LMDBError) in
                try transaction.put(fixture.tables[0], [1], big)
            }
        }
        try fixture.commit { (transaction) throws(LMDBError) in
            try transaction.put(fixture.tables[0], [1], [1])
        }
        #expect(try fixture.get(fixture.tables[0], [1]) == [1])
    }

    @Test func filesArePrivateAndClosedOnExec() throws {
        let fixture = try FileFixture()
        #expect(Files.mode(fixture.path) == 0o600)
        #expect(Files.mode(fixture.directory.file("lock.mdb")) == 0o600)
        let open = try Files.names(in: "/proc/self/fd").compactMap { Int32($0) }
        var seen = 0
        for descriptor in open {
            var target = [CChar](repeating: 0, count: 4096)
            let count = readlink("/proc/self/fd/\(descriptor)", &target, target.count - 1)
            guard count > 0 else { continue }
            let name = String(
                decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard name.hasPrefix(fixture.directory.path) else { continue }
            seen += 1
            #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0, "\(name) would be inherited")
        }
        #expect(seen >= 2)
    }

    /// Readers on many threads while the writer commits: each snapshot is one commit, whole.
    @Test func readersSeeWholeCommits() throws {
        let fixture = try FileFixture()
        let (environment, tables) = (fixture.environment, fixture.tables)
        func write(_ number: UInt8) throws {
            try fixture.commit { (transaction) throws(LMDBError) in
                for key in 0..<50 as Range<UInt8> {
                    try transaction.put(tables[0], [key], [number])
                }
            }
        }
        try write(0)
        let isDone = Atomic<Bool>(false)
        let torn = Atomic<Int>(0)
        let reads = Atomic<Int>(0)
        let threads = (0..<4).map { _ in
            TestThread {
                while !isDone.load(ordering: .acquiring) {
                    let distinct = environment.distinctValues(of: tables[0])
                    if distinct != 1 { torn.add(1, ordering: .relaxed) }
                    reads.add(1, ordering: .relaxed)
                }
            }
        }
        for number in 1..<200 as Range<UInt8> { try write(number) }
        isDone.store(true, ordering: .releasing)
        for thread in threads { thread.join() }
        #expect(torn.load(ordering: .relaxed) == 0)
        #expect(reads.load(ordering: .relaxed) > 0)
    }
}

extension LMDB.Environment {
    /// Different values under the keys 0..<50, in one snapshot; 0 on any failure.
    fileprivate func distinctValues(of table: Table) -> Int {
        let result = Result { () throws(LMDBError) -> Int in
            try read(failure: { $0 }) { (snapshot) throws(LMDBError) -> Int in
                var values: Set<UInt8> = []
                for key in 0..<50 as Range<UInt8> {
                    var byte = key
                    var failure: LMDBError?
                    withUnsafeBytes(of: &byte) { bytes in
                        do throws(LMDBError) {
                            if let value = try snapshot.get(table, bytes) {
                                values.insert(value[0])
                            }
                        } catch { failure = error }
                    }
                    if let failure { throw failure }
                }
                return values.count
            }
        }
        switch result {
        case .success(let count): return count
        case .failure: return 0
        }
    }
}
