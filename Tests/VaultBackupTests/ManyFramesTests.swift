import Glibc
import Testing
import VaultStore
import VaultTestSupport

@testable import VaultBackup

/// Archives of more frames than wait at a time: made and read by several threads.
@Suite struct ManyFramesTests {
    /// A store of about thirty frames, one record larger than a frame among them.
    private static func store() throws -> BackedUpStore {
        let backed = try BackedUpStore()
        for number in 0..<1_500 {
            try backed.put(
                "key \(number % 1_000)", String(repeating: "v\(number)", count: 1_000))
            if number == 700 {
                try backed.put("long", String(repeating: "l", count: 1_200_000))
            }
        }
        return backed
    }

    @Test func recordsComeBackInOrder() throws {
        let backed = try Self.store()
        let path = try backed.archive("full")
        let opened = try backed.opened(path)
        defer { opened.close() }
        var frames = opened.frames(ofFile: 0)
        #expect(try frames.find(countMax: 1_000).count > 2 * BackupLimits.framesWaitingMax)
        #expect(try opened.verifyRecords().records == 1_501)
        for revision in [Int64(2), 702, 900, 1_502] {
            let target = backed.scratch.path + "/restored-\(revision)"
            _ = try Restore.run(opened, into: target, options: .init(revision: revision))
            let restored = try backed.openRestored(target)
            defer { restored.close() }
            #expect(try restored.content() == backed.store.content(at: revision))
        }
    }

    @Test func damageInTheMiddleIsNamedAndNothingStays() throws {
        let backed = try Self.store()
        let path = try backed.archive("full")
        var bytes = try Files.read(path)
        let middle = bytes.count / 2
        bytes[middle] ^= 1
        try Files.write(bytes, to: path)
        let opened = try backed.opened(path)
        defer { opened.close() }
        let target = backed.scratch.path + "/restored"
        let error = #expect(throws: BackupError.self) {
            _ = try Restore.run(opened, into: target)
        }
        #expect(error?.exitCode == 13)
        #expect(error?.message.contains("is damaged at byte") == true)
        #expect(access(target, F_OK) != 0)
    }

    @Test(arguments: [0, 100, 300_000, 3_000_000])
    func whoeverTakesItMayGo(bytesMax: Int) throws {
        let backed = try Self.store()
        let error = #expect(throws: StoreError.self) {
            try backed.archive("part", bytesMax: bytesMax)
        }
        guard case .closed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // The store goes on: nothing is pinned, and the next archive is whole.
        try backed.compact(1_000)
        let opened = try backed.opened(try backed.archive("full"))
        defer { opened.close() }
        _ = try opened.verifyRecords()
    }
}
