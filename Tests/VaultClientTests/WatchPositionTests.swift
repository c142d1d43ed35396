import Testing
import VaultAPI
import VaultClient

@Suite struct WatchPositionTests {
    private func answer(
        revision: Int64, vault: UInt64 = 7, _ change: (inout Etcdserverpb_WatchResponse) -> Void
    ) -> Etcdserverpb_WatchResponse {
        var answer = Etcdserverpb_WatchResponse()
        answer.header.clusterID = vault
        answer.header.revision = revision
        change(&answer)
        return answer
    }

    private func created(revision: Int64, vault: UInt64 = 7) -> Etcdserverpb_WatchResponse {
        answer(revision: revision, vault: vault) { $0.created = true }
    }

    private func changes(_ revisions: [Int64], upTo: Int64) -> Etcdserverpb_WatchResponse {
        answer(revision: upTo) { answer in
            answer.events = revisions.map { revision in
                var event = Mvccpb_Event()
                event.kv.modRevision = revision
                return event
            }
        }
    }

    /// What an answer means, in a word.
    private func word(_ meaning: WatchPosition.Meaning) -> String {
        switch meaning {
        case .nothing: "nothing"
        case .changes(let events): "changes \(events.map(\.kv.modRevision))"
        case .compacted(let oldest): "compacted \(oldest)"
        case .refused(let reason): "refused \(reason)"
        case .otherVault: "other vault"
        case .wentBack(let revision): "went back \(revision)"
        }
    }

    @Test func aWatchOfWhatComesNextBeginsAfterTheRevisionItWasMadeAt() {
        var position = WatchPosition()
        #expect(word(position.take(created(revision: 9))) == "nothing")
        #expect(position.next == 10)
    }

    @Test func itGoesOnAfterTheLastChangeNotAfterTheRevisionOfTheAnswer() {
        var position = WatchPosition(next: 2)
        _ = position.take(created(revision: 9))
        #expect(position.next == 2)
        // Replays come with the newest revision, and more of them may follow.
        #expect(word(position.take(changes([3, 3, 5], upTo: 9))) == "changes [3, 3, 5]")
        #expect(position.next == 6)
    }

    @Test func progressSavesAnIdleWatchFromCompaction() {
        var position = WatchPosition()
        _ = position.take(created(revision: 9))
        #expect(word(position.take(answer(revision: 400) { _ in })) == "nothing")
        #expect(position.next == 401)
    }

    @Test func compactedChangesAreNamed() {
        var position = WatchPosition(next: 2)
        _ = position.take(created(revision: 9))
        // etcd's answer has no revision.
        let end = answer(revision: 0) {
            $0.canceled = true
            $0.compactRevision = 8
        }
        #expect(word(position.take(end)) == "compacted 8")
        #expect(position.next == 2)
    }

    @Test func aRefusedWatchSaysWhy() {
        var position = WatchPosition()
        let refusal = answer(revision: 9) {
            $0.created = true
            $0.canceled = true
            $0.cancelReason = "because"
        }
        #expect(word(position.take(refusal)) == "refused because")
    }

    @Test func revisionsOfAnotherVaultAreNotTakenForThisOnes() {
        var position = WatchPosition()
        _ = position.take(created(revision: 9))
        #expect(word(position.take(created(revision: 50, vault: 8))) == "other vault")
    }

    @Test func aVaultThatWasPutBackIsNoticed() {
        var position = WatchPosition()
        _ = position.take(created(revision: 9))
        _ = position.take(changes([10], upTo: 10))
        #expect(word(position.take(created(revision: 9))) == "went back 9")
    }

    @Test func aStartInTheFutureIsNoReasonToThinkSo() {
        var position = WatchPosition(next: 100)
        _ = position.take(created(revision: 9))
        #expect(word(position.take(created(revision: 12))) == "nothing")
        #expect(position.next == 100)
    }
}
