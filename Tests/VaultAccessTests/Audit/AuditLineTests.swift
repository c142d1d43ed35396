import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultAccess

@Suite struct AuditLineTests {
    /// The bytes of the format: a log that was written by this version must verify in all later.
    @Test func aKnownLogHasTheseBytes() throws {
        let fixture = try AuditFixture()
        let log = try fixture.open()
        try log.unlock(
            fixture.keys, through: AuditSlot(id: 7, kind: .recipient), now: fixture.now)
        try fixture.write(1, to: log)
        try log.lock(now: fixture.now)
        let lines = try fixture.text()
        #expect(lines.count == 4)
        #expect(
            lines[0].hasPrefix(
                "{\"seq\":1,\"time\":\"2026-11-25T03:00:00.000000Z\",\"event\":\"opened\","
                    + "\"format\":1,"
                    + "\"store\":\"000102030405060708090a0b0c0d0e0f\",\"sealed\":true,\"hash\":\""))
        #expect(!lines[0].contains("\"mac\""))
        #expect(
            lines[1].contains(
                "\"event\":\"unsealed\",\"slot\":7,\"slotKind\":\"recipient\",\"hash\":\""))
        #expect(
            lines[2].hasPrefix(
                "{\"seq\":3,\"time\":\"2026-11-25T03:00:00.000007Z\",\"pid\":123,\"uid\":1000,"
                    + "\"gid\":1000,\"unit\":\"web.service\",\"user\":\"alice\","
                    + "\"method\":\"etcdserverpb.KV/Range\",\"key\":\"h:"))
        #expect(
            lines[2].contains(
                "\",\"decision\":\"allowed\",\"status\":\"OK\",\"revision\":0,\"hash\":\""))
        #expect(lines[3].contains("\"event\":\"sealed\",\"hash\":\""))
        #expect(lines[3].contains("\",\"mac\":\""))
    }

    @Test func timesAreThoseOfTheCalendar() {
        let known: [(Int64, String)] = [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_399_999_999, "2000-02-28T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (1_709_251_199_000_001, "2024-02-29T23:59:59.000001Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
            (-1, "1970-01-01T00:00:00.000000Z"),
        ]
        var timestamp = AuditTimestamp()
        for (time, text) in known {
            var line = LineBuffer(capacity: 64)
            timestamp.write(microseconds: time, to: &line)
            #expect(String(decoding: line.bytes, as: UTF8.self) == text)
        }
    }

    @Test func aTransactionNamesItsOperationsAndCountsTheRest() throws {
        var batch = AuditBatch(keyNames: .plain)
        let key = Array("a".utf8)
        let end = Array("b".utf8)
        key.withUnsafeBytes { key in
            end.withUnsafeBytes { end in
                var entry = AuditEntry(
                    time: 0, peer: PeerIdentity(processID: 1, userID: 0, groupID: 0),
                    method: "etcdserverpb.KV/Txn", decision: .refused, status: .permissionDenied)
                entry.operations = [
                    AuditOperation(.compare, key: key),
                    AuditOperation(.delete, key: key, rangeEnd: end),
                ]
                batch.append(entry)
                entry.operations = Array(repeating: AuditOperation(.put, key: key), count: 20)
                entry.operationCount = 128
                batch.append(entry)
            }
        }
        let text = String(decoding: batch.buffer.bytes, as: UTF8.self)
        #expect(
            text.contains(
                ",\"ops\":[{\"op\":\"compare\",\"key\":\"a\"},"
                    + "{\"op\":\"delete\",\"key\":\"a\",\"end\":\"b\"}],\"decision\":\"refused\","
                    + "\"status\":\"PERMISSION_DENIED\""))
        #expect(text.contains("],\"more\":112,\"decision\""))
        #expect(text.split(separator: "\"op\":\"put\"").count == 17)
    }

    @Test func keysAreLeftOutWhileTheirHashesHaveNoKey() throws {
        let fixture = try AuditFixture()
        var batch = AuditBatch(keyNames: .hashed(nil))
        fixture.append("app/db", fixture.entry(1), to: &batch)
        let keys = try AuditFixture.keys(byte: 1)
        batch.keyNames = .hashed(keys)
        keys.close()
        fixture.append("app/db", fixture.entry(1), to: &batch)
        let text = String(decoding: batch.buffer.bytes, as: UTF8.self)
        #expect(!text.contains("\"key\"") && !text.contains("app/db"))
    }

    /// Every byte, and seeded mixtures of what is hard to escape, come back as they were.
    @Test func everyPlainKeyComesBackFromItsLine() throws {
        let seed = TestSeed.seeds(1, for: "audit keys")[0]
        var random = SeededRandom(seed: seed)
        var names: [[UInt8]] = (0...255).map { [UInt8($0)] } + [[]]
        names += ["h:1", "p:", "b:00", "t:9:", "h", "H:1", "é\u{85}\u{2028}\u{2029}🔑\u{7f}\0"]
            .map { Array($0.utf8) }
        names += [[UInt8](repeating: 0, count: 256), [UInt8](repeating: 0x61, count: 257)]
        let pieces: [[UInt8]] = [
            [0xC2], [0xC2, 0x80], [0xC2, 0x9F], [0xC2, 0xA0], [0xE2], [0xE2, 0x80, 0xA8],
            [0xE2, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0x80], [0xFF],
            [0x22], [0x5C], [0x0A], [0x61], [0x68, 0x3A], [0xF0, 0x9F, 0x94, 0x91],
        ]
        for _ in 0..<2000 {
            let count = Int(random.next() % 12)
            names.append(
                (0..<count).flatMap { _ in pieces[Int(random.next() % UInt64(pieces.count))] })
        }
        var seen: [String: [UInt8]] = [:]
        for name in names {
            var batch = AuditBatch(keyNames: .plain)
            var entry = AuditEntry(
                time: 0, peer: PeerIdentity(processID: 1, userID: 0, groupID: 0), method: "m",
                decision: .allowed, status: .ok)
            name.withUnsafeBytes { bytes in
                entry.key = bytes
                batch.append(entry)
            }
            let line = Array("{\"seq\":1".utf8) + Array(batch.buffer.bytes) + [UInt8(ascii: "}")]
            #expect(line.withUnsafeBytes { JSONCheck.isObject($0) })
            let fields = try #require(StrictJSON.object(line), "seed \(seed): \(name)")
            let written = try #require(fields["key"])
            #expect(line.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            if name.count <= AuditLimits.plainKeyBytesMax {
                #expect(PlainKey.decode(written) == name, "seed \(seed): \(name)")
            }
            let before = seen.updateValue(name, forKey: written)
            #expect(before == nil || before == name, "seed \(seed): two keys look the same")
        }
    }

    /// What many lines have in common is copied from one to the next: never another's.
    @Test func aLineSaysItsOwnCallerMethodAndTimeWhateverTheLineBeforeItSays() {
        let peers = [UInt32(1000), 1001].map {
            PeerIdentity(processID: 123, userID: $0, groupID: 1000)
        }
        let callers = [("alice", 0), ("bob", 0), ("alice", 1)].map { user, peer in
            AuditCaller(peer: peers[peer], user: user)
        }
        let methods = ["etcdserverpb.KV/Range", "etcdserverpb.KV/Put"].map { AuditMethod($0) }
        var together = AuditBatch(keyNames: .plain)
        var expected: [(body: [UInt8], isAdministrator: Bool)] = []
        for number in 0..<500 {
            var entry = AuditEntry(
                time: Int64(number / 7), caller: callers[number / 3 % 3],
                calledMethod: methods[number / 5 % 2], decision: .allowed, status: .ok)
            entry.revision = Int64(number)
            entry.isAdministrator = number % 4 == 0
            var alone = AuditBatch(keyNames: .plain)
            alone.append(entry)
            expected.append((Array(alone.buffer.bytes), entry.isAdministrator))
            if number % 2 == 0 {
                together.append(entry)
            } else {
                together.appendAllowed(
                    time: entry.time, caller: entry.caller, method: entry.calledMethod,
                    key: nil, rangeEnd: nil, status: .ok, revision: entry.revision,
                    isAdministrator: entry.isAdministrator)
            }
            // Lines that are moved or gone are no model for the next.
            if number % 100 == 50 {
                _ = together.removeOthers()
                expected.removeAll { !$0.isAdministrator }
            } else if number % 100 == 70 {
                together.removeAll()
                expected = []
            }
        }
        #expect(Array(together.buffer.bytes) == expected.flatMap(\.body))
    }

    @Test func theLongestLineFitsTheLimit() throws {
        let fixture = try AuditFixture()
        var batch = AuditBatch(keyNames: .plain)
        let name = [UInt8](repeating: 1, count: AuditLimits.plainKeyBytesMax)
        name.withUnsafeBytes { name in
            var entry = fixture.entry(1)
            let text = String(repeating: "\u{1}", count: 1000)
            (entry.unit, entry.user, entry.method) = (text, text, text)
            (entry.key, entry.rangeEnd) = (name, name)
            entry.operations = Array(
                repeating: AuditOperation(.compare, key: name, rangeEnd: name), count: 99)
            batch.append(entry)
        }
        #expect(batch.byteCountMax < AuditLimits.lineBytesMax)
    }
}
