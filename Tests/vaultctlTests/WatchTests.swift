import FoundationEssentials
import Testing
import VaultAPI
import VaultClient

@testable import vaultctl

@Suite struct WatchTests {
    private func put(
        _ key: String, _ value: [UInt8], revision: Int64, previous: String? = nil
    ) -> Mvccpb_Event {
        var event = Mvccpb_Event()
        event.kv.key = Data(key.utf8)
        event.kv.value = Data(value)
        event.kv.modRevision = revision
        event.kv.createRevision = 2
        event.kv.version = 3
        if let previous {
            event.prevKv.key = event.kv.key
            event.prevKv.value = Data(previous.utf8)
            event.prevKv.modRevision = revision - 1
            event.prevKv.version = 2
        }
        return event
    }

    private func deletion(_ key: String, revision: Int64) -> Mvccpb_Event {
        var event = Mvccpb_Event()
        event.type = .delete
        event.kv.key = Data(key.utf8)
        event.kv.modRevision = revision
        return event
    }

    private func text(
        _ format: OutputFormat, values: Bool = true, previous: Bool = false,
        _ batches: [[Mvccpb_Event]]
    ) -> String {
        var listing = ChangeListing(
            format: format, showsValues: values, showsPrevious: previous)
        return batches.map { String(decoding: listing.render($0), as: UTF8.self) }.joined()
    }

    @Test func eachChangeStaysOnItsLineWhateverItsValueIs() {
        let batches = [
            [put("a", Array("x\ny\u{1b}[2J".utf8), revision: 9)],
            [put("b", [0xFF], revision: 10), deletion("a", revision: 10)],
        ]
        #expect(
            text(.table, batches) == """
                REVISION  CHANGE  KEY  VALUE
                       9  put     a    x\\u{a}y\\u{1b}[2J
                      10  put     b    \\xff
                      10  delete  a    -

                """)
    }

    @Test func valuesCanBeLeftOut() {
        let batches = [[put("a", Array("secret".utf8), revision: 9, previous: "older")]]
        for format in OutputFormat.allCases {
            let shown = text(format, values: false, batches)
            #expect(!shown.contains("secret") && !shown.contains("older"))
            #expect(shown.contains("put"))
        }
    }

    @Test func whatWasThereBeforeIsShownOnRequestOnly() {
        let batches = [[put("a", [0x31], revision: 9, previous: "0")]]
        #expect(!text(.json, batches).contains("previous"))
        #expect(
            text(.table, previous: true, batches) == """
                REVISION  CHANGE  KEY  VALUE  BEFORE
                       9  put     a    1      0

                """)
    }

    @Test func eachLineIsADocument() {
        let batches = [
            [
                put("a", [0xFF], revision: 9, previous: "0"), put("b", [], revision: 9),
                deletion("a", revision: 10),
            ]
        ]
        #expect(
            text(.json, previous: true, batches) == """
                {"revision":9,"change":"put","key":"a","key_encoding":"utf-8","value":"/w==",\
                "encoding":"base64","create_revision":2,"version":3,"lease":null,\
                "previous":{"revision":8,"value":"0","encoding":"utf-8","create_revision":0,\
                "version":2,"lease":null}}
                {"revision":9,"change":"put","key":"b","key_encoding":"utf-8","value":"",\
                "encoding":"utf-8","create_revision":2,"version":3,"lease":null,"previous":null}
                {"revision":10,"change":"delete","key":"a","key_encoding":"utf-8","previous":null}

                """)
    }

    @Test func aLostConnectionIsTriedForAMinuteAndLessAndLessOften() throws {
        var outage = Outage()
        #expect(!outage.isUnderWay)
        let start = ContinuousClock.now
        var now = start
        var pauses: [Duration] = []
        while let pause = outage.pause(after: .unreachable, at: now) {
            pauses.append(pause)
            now += pause
            try #require(pauses.count < 1_000)
        }
        #expect(start.duration(to: now) >= Outage.durationMax)
        #expect(start.duration(to: now) <= Outage.durationMax + Outage.pauseMax)
        #expect(pauses.first == Outage.pauseFirst && pauses.last == Outage.pauseMax)
        #expect(pauses == pauses.sorted())
    }

    /// A restart that ends sealed: the vault answers again, so that the minute is not running.
    @Test func aSealedVaultIsWaitedForWithoutEnd() {
        var outage = Outage()
        let start = ContinuousClock.now
        _ = outage.pause(after: .unreachable, at: start)
        for hour in 1...100 {
            let pause = outage.pause(after: .sealed, at: start + .seconds(3_600 * hour))
            #expect(pause != nil && outage.cause == .sealed)
        }
        let later = start + .seconds(3_600 * 200)
        let first = outage.pause(after: .unreachable, at: later)
        let last = outage.pause(after: .unreachable, at: later + Outage.durationMax)
        #expect(first == Outage.pauseMax && last == nil)
    }

    @Test func anAnswerEndsTheOutageAndTheNextOneStartsAnew() {
        var outage = Outage()
        let start = ContinuousClock.now
        for _ in 0..<9 { _ = outage.pause(after: .unreachable, at: start) }
        let wasUnderWay = [outage.end(), outage.end()]
        #expect(wasUnderWay == [true, false])
        let late = start + .seconds(3_600)
        let pause = outage.pause(after: .unreachable, at: late)
        #expect(pause == Outage.pauseFirst)
    }

    /// What was refused before it began is not waited for: the caller sees why at once.
    @Test(arguments: [VaultClientError.Category.sealed, .unreachable, .denied])
    func nothingIsWaitedForBeforeTheVaultHasServed(
        category: VaultClientError.Category
    ) async throws {
        var patience = Patience(socketPath: "/nowhere")
        let error = VaultClientError(category, "refused")
        do {
            try await patience.wait(after: error) { CommandFailure($0) }
            Issue.record("it was waited for")
        } catch let thrown as VaultClientError {
            #expect(thrown == error)
        }
    }

    @Test func onlyWhatMayPassIsWaitedFor() {
        let causes = VaultClientError.Category.allCases.filter {
            Outage.Cause(VaultClientError($0, "")) != nil
        }
        #expect(causes == [.sealed, .unreachable])
    }

    @Test(
        arguments: [
            (.compacted(oldest: 8), .failed, "revision 2 was compacted"),
            (.otherVault, .failed, "another vault"),
            (.wentBack(revision: 1), .failed, "put back to revision 1"),
            (.refused(reason: "etcdserver: permission denied"), .denied, "permission denied"),
            (.refused(reason: "mvcc: watcher range is empty"), .failed, "range is empty"),
        ] as [(WatchPosition.Meaning, vaultctl.ExitStatus, String)])
    func whatEndsAWatchIsSaid(
        meaning: WatchPosition.Meaning, status: vaultctl.ExitStatus, text: String
    ) {
        let failure = WatchCommand.failure(meaning, next: 2)
        #expect(failure.status == status)
        #expect(failure.message.contains(text))
    }
}
