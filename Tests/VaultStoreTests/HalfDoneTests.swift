import Testing

@testable import VaultStore

#if canImport(Glibc)
    import Glibc
#endif

/// Requests that are refused when they have written something already: nothing of them stays, and
/// those that share their commit do not notice.
@Suite struct HalfDoneTests {
    private static func put(_ key: String, wantsPrevious: Bool = false) -> PutOperation {
        var put = PutOperation(key: Bytes(key.utf8), value: Bytes("of \(key)".utf8))
        put.wantsPrevious = wantsPrevious
        return put
    }

    private static func get(_ key: String, at revision: Int64) -> RangeQuery {
        var query = RangeQuery(range: KeyRange(key: Bytes(key.utf8)))
        query.revision = Revision(revision)
        return query
    }

    private func keys(_ store: Store) throws -> [String] {
        var sink = KeyValueSink()
        _ = try store.range(RangeQuery(range: .all), into: &sink)
        return sink.keyValues.map {
            "\(String(decoding: $0.key, as: UTF8.self)) \($0.modRevision.rawValue) \($0.version)"
        }
    }

    /// Changes a bit of the record of the key in the file below the open store, or changes it back.
    private func damage(_ key: String, of fixture: StoreFixture) throws {
        let found = fixture.store.reader.position(of: Bytes(key.utf8), at: Revision(2))
        let position = try #require(found)
        let sealed = try fixture.store.log.read { (lookup) throws(StoreError) in
            try lookup(position).map { Bytes($0) } ?? []
        }
        let file = try fixture.readFile("data.mdb")
        let descriptor = open(fixture.directory + "/data.mdb", O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        // Pages that were copied since have it, too.
        let copies = file.ranges(of: sealed)
        #expect(!copies.isEmpty)
        for copy in copies {
            let place = copy.lowerBound + sealed.count / 2
            #expect(pwrite(descriptor, [file[place] ^ 1], 1, off_t(place)) == 1)
        }
    }

    @Test func aTransactionThatReadsWhatWasDestroyedJustBefore() throws {
        let fixture = try StoreFixture()
        _ = try fixture.write(.put(Self.put("k")))
        let answers = try fixture.writeTogether([
            .put(Self.put("a")), .destroy(Bytes("k".utf8)),
            .transaction(
                Transaction(success: [.put(Self.put("x")), .range(Self.get("k", at: 2))])),
            .put(Self.put("y")),
        ])
        for answer in answers { _ = try answer.get() }
        let after = ["a 3 1", "x 5 1", "y 6 1"]
        #expect(try keys(fixture.store) == after)
        _ = try fixture.write(.put(Self.put("z")))
        try fixture.reopen()
        #expect(try keys(fixture.store) == after + ["z 7 1"])
    }

    @Test(arguments: [false, true])
    func whatMeetsADamagedRecordHasWrittenNothing(isAlone: Bool) throws {
        let fixture = try StoreFixture()
        _ = try fixture.write(.put(Self.put("victim")))
        _ = try fixture.write(.put(Self.put("b")))
        try damage("victim", of: fixture)
        var deletion = DeleteOperation(
            range: KeyRange(key: Bytes("b".utf8), rangeEnd: Bytes("w".utf8)))
        deletion.wantsPrevious = true
        let halfDone: [WriteRequest] = [
            .transaction(
                Transaction(success: [
                    .put(Self.put("new")), .put(Self.put("b")),
                    .put(Self.put("victim", wantsPrevious: true)),
                ])),
            .delete(deletion),
        ]
        if isAlone {
            for request in halfDone {
                #expect(throws: StoreError.self) { try fixture.write(request) }
            }
        } else {
            let answers = try fixture.writeTogether(
                [.put(Self.put("a"))] + halfDone + [.put(Self.put("c"))])
            for index in [1, 2] { #expect(throws: StoreError.self) { try answers[index].get() } }
            for index in [0, 3] { _ = try answers[index].get() }
        }
        var sink = KeyValueSink()
        _ = try fixture.store.range(
            RangeQuery(range: KeyRange(key: Bytes("new".utf8))), into: &sink)
        #expect(sink.keyValues.isEmpty)
        let result = try fixture.write(.put(Self.put("b")))
        guard case .put(let put) = result else { return }
        #expect(put.revision == Revision(isAlone ? 4 : 6))
        try damage("victim", of: fixture)
        try fixture.reopen()
        let expected =
            isAlone
            ? ["b 4 2", "victim 2 1"] : ["a 4 1", "b 6 2", "c 5 1", "victim 2 1"]
        #expect(try keys(fixture.store) == expected)
    }
}
