import Testing
import VaultAPI

@testable import vaultctl

@Suite struct AuditLineTests {
    private func line(_ fields: String) -> [UInt8] {
        Array(("{\"time\":\"2026-11-25T03:00:00.123456Z\"," + fields + "}").utf8)
    }

    private func cells(_ fields: String) throws -> [String] {
        Array(try #require(AuditLine(line(fields))).cells.dropFirst())
    }

    @Test func requestIsWhoWhatAndWhatCameOfIt() throws {
        let cells = try cells(
            """
            "seq":17,"pid":1,"uid":1000,"gid":1000,"unit":"web.service",\
            "method":"etcdserverpb.KV/Range","key":"h:aa","end":"h:bb","decision":"allowed",\
            "status":"OK","revision":5,"hash":"00","mac":"11"
            """)
        #expect(
            cells == ["uid:1000 (web.service)", "KV/Range", "h:aa to h:bb", "allowed", "OK"])
    }

    @Test func userOfTheTokenStandsForTheCaller() throws {
        #expect(try cells(#""uid":1000,"user":"alice""#)[0] == "alice")
    }

    @Test func transactionNamesItsOperations() throws {
        let cells = try cells(
            #""method":"etcdserverpb.KV/Txn","ops":[{"op":"get","key":"h:a"},"#
                + #"{"op":"put","key":"h:b"},{"op":"del","key":"h:c","end":"h:d"}],"more":3"#)
        #expect(cells[2] == "get h:a, put h:b, del h:c to h:d and 3 more")
    }

    @Test func eventIsNoRequest() throws {
        #expect(try cells(#""event":"rotated""#) == ["-", "[rotated]", "-", "-", "-"])
    }

    /// Whoever connects chooses some of the words in the log.
    @Test func nothingInALineReachesTheTerminalAsItIs() throws {
        let cells = try cells(#""user":"a\u001b[2J","method":"x\u202e","status":"\u0007""#)
        #expect(cells.allSatisfy { TerminalText.isHarmless(Array($0.utf8)) })
    }

    @Test(arguments: ["", "{", "[]", "7", #"{"seq":-1}"#, #"{"seq":"x"}"#, "\u{FF}"])
    func whatIsNotALineIsNotTakenForOne(text: String) {
        #expect(AuditLine(Array(text.utf8)) == nil)
    }

    private func text(
        _ lines: [[UInt8]], format: OutputFormat = .table, isTerminal: Bool = false,
        hash: String? = nil
    ) -> String {
        var listing = AuditListing(format: format, isTerminal: isTerminal, hash: hash)
        return String(decoding: lines.flatMap { listing.render([$0]) }, as: UTF8.self)
    }

    @Test func listingHasOneHeader() {
        let get = line(#""uid":5,"method":"a.KV/Range","key":"h:1","decision":"refused""#)
        #expect(
            text([get, Array("junk".utf8)]) == """
                TIME                         WHO    METHOD    ABOUT  DECISION  STATUS
                2026-11-25T03:00:00.123456Z  uid:5  KV/Range  h:1    refused   -
                -                            -      not a line of the log: junk

                """)
    }

    @Test func documentsAreTheLinesThemselves() {
        let odd = line("\"user\":\"\u{1b}\",\"new\":[1, 2]")
        #expect(text([odd], format: .json) == String(decoding: odd, as: UTF8.self) + "\n")
        #expect(!text([odd], format: .json, isTerminal: true).contains("\u{1b}"))
    }

    @Test func onlyLinesThatNameTheKeyAreShown() {
        let lines = [
            line(#""seq":1,"key":"h:1""#), line(#""seq":2,"key":"h:2""#), line(#""seq":3"#),
            line(#""seq":4,"ops":[{"op":"get","key":"h:2"},{"op":"put","key":"h:1"}]"#),
            line(#""seq":5,"key":"h:0","end":"h:1""#),
        ]
        let shown = text(lines, format: .json, hash: "h:1")
        #expect(shown == String(decoding: lines[0] + [10] + lines[3] + [10], as: UTF8.self))
    }

    @Test func missingNumbersAreNoticedOnce() {
        var listing = AuditListing(format: .json, isTerminal: false)
        let numbered = { (number: UInt64) in self.line("\"seq\":\(number)") }
        let gaps = [[4, 5], [6, 9, 10], [11], [11], [13]].map { numbers in
            listing.gap(before: numbers.map(numbered))
        }
        #expect(
            gaps == [
                nil, "lines 7 to 8 of the log are missing", nil, nil,
                "line 12 of the log is missing",
            ])
    }

    /// Nothing checks the numbers before this does.
    @Test func largestNumberIsANumberToo() {
        var listing = AuditListing(format: .json, isTerminal: false)
        #expect(listing.gap(before: [line("\"seq\":\(UInt64.max)"), line("\"seq\":1")]) == nil)
        #expect(listing.gap(before: [line("\"seq\":\(UInt64.max)")]) != nil)
    }

    @Test func stateSaysWhyRequestsAreRefused() {
        var state = Vault_V1_AuditStateResponse()
        state.path = "/d/audit.jsonl"
        state.sequence = 9
        state.bytes = 2048
        state.reserveBytes = 1 << 20
        #expect(
            AuditStatusCommand.fields(state) == """
                state      good
                file       /d/audit.jsonl
                last line  9
                hash       -
                size       2.0 KiB
                set aside  1.0 MiB

                """)
        state.trouble = "the file was removed"
        #expect(
            AuditStatusCommand.fields(state)
                .hasPrefix("state      requests are refused: the file was removed\n"))
        let resumed = AuditResumeCommand.sentences(state, sequence: 10)
        #expect(resumed.contains("what was wrong: the file was removed\n"))
        #expect(resumed.contains("audit verify"))
        #expect(resumed.contains("going on with line 10"))
    }

    @Test func numberOfLinesHasBounds() async {
        #expect(await CommandLineWords.refusal(["audit", "tail", "-n=-1"]) != nil)
        #expect(await CommandLineWords.refusal(["audit", "tail", "-n", "1000001"]) != nil)
        #expect(await CommandLineWords.refusal(["audit", "tail", "--key", ""]) != nil)
        #expect(await CommandLineWords.refusal(["audit", "tail", "-f", "-n", "0"]) == nil)
    }
}
