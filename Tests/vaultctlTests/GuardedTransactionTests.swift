import FoundationEssentials
import SwiftProtobuf
import Testing
import VaultAPI
import VaultBackup

@testable import vaultctl

/// Changes that are made together, or not at all.
@Suite struct GuardedTransactionTests {
    private func change(
        _ key: String, at revision: Int64, _ value: String? = "v", lease: Int64 = 0
    ) -> GuardedTransaction.Change {
        let kind: KeyDifference.Kind =
            value == nil ? .newer : revision == 0 ? .missing : .changed
        return .init(
            difference: KeyDifference(
                key: Array(key.utf8), kind: kind, liveRevision: revision, lease: lease),
            value: value.map { Array($0.utf8) })
    }

    private func transaction(
        _ changes: GuardedTransaction.Change...
    ) -> GuardedTransaction {
        changes.reduce(into: GuardedTransaction()) { $0.add($1) }
    }

    /// A refusal that found these revisions.
    private func refusal(_ revisions: Int64...) -> Etcdserverpb_TxnResponse {
        var response = Etcdserverpb_TxnResponse()
        response.responses = revisions.map { revision in
            var answer = Etcdserverpb_ResponseOp()
            answer.responseRange = .init()
            if revision > 0 {
                var pair = Mvccpb_KeyValue()
                pair.modRevision = revision
                answer.responseRange.kvs = [pair]
            }
            return answer
        }
        return response
    }

    @Test func aKeyStaysOnWhicheverLeaseItHas() {
        var kept = change("a", at: 7)
        kept.keepsLease = true
        let request = transaction(kept, change("b", at: 0)).request { _ in false }
        #expect(request.success.map(\.requestPut.ignoreLease) == [true, false])
    }

    @Test func everyChangeIsComparedWithWhatWasSeen() {
        let request = transaction(
            change("a", at: 0), change("b", at: 7), change("c", at: 8, nil)
        ).request { _ in true }
        #expect(request.compare.map(\.modRevision) == [0, 7, 8])
        #expect(request.compare.allSatisfy { $0.target == .mod && $0.result == .equal })
        #expect(request.success[1].requestPut.key == .init("b".utf8))
        #expect(request.success[2].requestDeleteRange.key == .init("c".utf8))
        #expect(request.failure.allSatisfy { $0.requestRange.keysOnly })
        #expect(request.failure.count == 3)
    }

    @Test func whatChangedIsTakenOutAndTheRestStays() {
        var waiting = transaction(
            change("a", at: 0), change("b", at: 7), change("c", at: 8, nil), change("d", at: 9))
        // a was created, c deleted; b and d are as they were.
        let removed = waiting.removeChanged(refusal(11, 7, 0, 9))
        #expect(removed.map { String(decoding: $0.difference.key, as: UTF8.self) } == ["a", "c"])
        #expect(waiting.request { _ in true }.compare.map(\.modRevision) == [7, 9])
    }

    @Test func aLoneChangeAsksNothingAndIsTheOneThatChanged() {
        var waiting = transaction(change("a", at: 3))
        #expect(waiting.request { _ in true }.failure.isEmpty)
        #expect(waiting.removeChanged(refusal()).count == 1)
        #expect(waiting.isEmpty)
    }

    @Test func aLeaseThatIsOverIsLeftOut() {
        let waiting = transaction(
            change("a", at: 0, lease: 5), change("b", at: 0, lease: 6))
        let request = waiting.request { $0 == 6 }
        #expect(request.success.map(\.requestPut.lease) == [0, 6])
    }

    @Test func requestsStayBelowTheLimits() throws {
        var waiting = GuardedTransaction()
        while waiting.hasRoom(for: change("k", at: 0)) { waiting.add(change("k", at: 0)) }
        #expect(waiting.changes.count == 128)
        waiting = GuardedTransaction()
        let long = String(repeating: "k", count: 3_000)
        let value = String(repeating: "v", count: 90_000)
        while waiting.hasRoom(for: change(long, at: 0, value)) {
            waiting.add(change(long, at: 0, value))
        }
        let bytes: [UInt8] = try waiting.request { _ in true }.serializedBytes()
        #expect(bytes.count > 1 << 19)
        #expect(bytes.count < 1_572_864)
        // Alone, whatever it has.
        #expect(!waiting.hasRoom(for: change("k", at: 0, String(repeating: "v", count: 1 << 20))))
        #expect(
            GuardedTransaction().hasRoom(
                for: change("k", at: 0, String(repeating: "v", count: 1 << 21))))
    }
}
