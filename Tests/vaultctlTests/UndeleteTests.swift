import FoundationEssentials
import Testing
import VaultAPI

@testable import vaultctl

@Suite struct UndeleteTests {
    private func history(
        _ entries: [(revision: Int64, deleted: Bool)], compacted: Int64 = -1
    ) -> Vault_V1_HistoryResponse {
        var history = Vault_V1_HistoryResponse()
        history.compactRevision = compacted
        history.entries = entries.map {
            var entry = Vault_V1_HistoryEntry()
            entry.revision = $0.revision
            entry.deleted = $0.deleted
            return entry
        }
        return history
    }

    private func refusal(_ history: Vault_V1_HistoryResponse) -> CommandFailure? {
        failure { () throws(CommandFailure) in
            _ = try UndeleteCommand.revisionToRestore(from: history, key: "k")
        }
    }

    @Test func lastPutBeforeTheDeletionIsRestored() throws {
        let history = history([(7, true), (5, false), (4, true), (2, false)])
        #expect(try UndeleteCommand.revisionToRestore(from: history, key: "k") == 5)
    }

    @Test func livingKeyIsLeftAlone() {
        let refusal = refusal(history([(5, false)]))
        #expect(refusal?.status == .notFound)
        #expect(refusal?.message == "key k is not deleted")
    }

    @Test func unknownKeyIsNotFound() {
        #expect(refusal(history([]))?.message == "key k never existed")
    }

    @Test func compactedValueIsSaidToBeCompacted() {
        for history in [history([(7, true)], compacted: 7), history([], compacted: 7)] {
            #expect(refusal(history)?.status == .notFound)
            #expect(refusal(history)?.message == "the last value of k was compacted away")
        }
    }

    @Test func valueIsPutOnlyWhileTheKeyDoesNotExist() {
        let transaction = UndeleteCommand.transaction(key: "k", value: .init([1]))
        #expect(transaction.compare.count == 1)
        #expect(transaction.compare.first?.target == .version)
        #expect(transaction.compare.first?.result == .equal)
        #expect(transaction.compare.first?.targetUnion == .version(0))
        #expect(transaction.success.count == 1)
        #expect(transaction.failure.isEmpty)
    }
}
