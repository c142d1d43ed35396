import Testing
import VaultTestSupport

@testable import VaultBackup

/// The page for people.
@Suite struct DrillPageTests {
    private func state(_ bodies: [LedgerBody]) -> LedgerState {
        LedgerState(
            bodies.enumerated().map { LedgerLine(sequence: Int64($0) + 1, time: 1, body: $1) })
    }

    private func page(
        _ state: LedgerState, days: Int64 = 41, overdue: [String] = []
    ) -> String {
        DrillPage(
            state, head: LedgerHead(), publicKey: [UInt8](repeating: 0xab, count: 32),
            now: Reports.time + days * Reports.day, overdue: overdue
        ).text
    }

    /// Forty days of drills, the last of which may fail.
    private func history(failing: Bool) -> LedgerState {
        var bodies: [LedgerBody] = []
        var findings = Findings()
        for number in 1...40 where ![17, 18].contains(number) {
            var report = Reports.full(number)
            report.cases = [
                "preflight", "chain", "unwrap", "restore", "counts", "state-hash", "first-read",
                "watch-fork", "policy", "audit", "files", "live-untouched",
            ].map { DrillCase($0, seed: 7321, exit: 0) }
            report.cases += (1...19).map { DrillCase("N\($0)", seed: 7321, exit: 0) }
            (report.negative.run, report.negative.detected) = (19, 19)
            report.rto?.totalMilliseconds = 2100 + Int64(number * 7919 % 900)
            report.rpo?.seconds = 200 + Int64(number * 104_729 % 500)
            if number == 9 || failing && number == 40 {
                report.cases[5].exit = 17
                report.reasons = ["state-hash: the hash is another; compare the archives"]
                (report.exit, report.verdict) = (17, "fail")
                report.rto?.totalMilliseconds = 2900
            }
            if failing && number == 40 {
                report.cases[14].exit = 19
                report.negative.detected = 18
                report.reasons.insert("N3 (seed 7321) ended with 0, not 13", at: 0)
                report.policy = nil
                (report.exit, report.verdict) = (19, "blind")
            }
            report.findings = findings.take(report.cases, at: report.ended)
            bodies.append(.drill(report))
            if number == 16 {
                let due = Reports.time + 17 * Reports.day
                bodies.append(.missed(MissedRun(level: .restore, due: due, count: 2)))
            }
        }
        return state(bodies)
    }

    private func check(_ page: String) {
        let markup = MarkupCheck(page)
        #expect(markup.complaints.isEmpty, "\(markup.complaints)")
        let banned: Set<String> = [
            "script", "link", "img", "iframe", "a", "object", "embed", "form", "base", "audio",
        ]
        #expect(banned.isDisjoint(with: markup.elements))
        for trace in ["://", "url(", "@import", "javascript:", "src=", "href="] {
            #expect(!page.contains(trace), "\(trace)")
        }
        #expect(page.contains("default-src &#39;none&#39;"))
    }

    @Test func thePagesAreWellFormedAndNeedNothingElse() throws {
        let pages = [
            "empty": page(LedgerState()), "good": page(history(failing: false)),
            "blind": page(
                history(failing: true),
                overdue: ["the newest good backup is 2 h old, 1 h are allowed"]),
            "one": page(state([.drill(Reports.full())])),
            "new": page(state([.drill(DrillReport())])),
            "missed": page(state([.missed(MissedRun(level: .scrub, due: Reports.time))])),
        ]
        for (name, page) in pages {
            check(page)
            // To look at them.
            if let directory = Environment.text("VAULT_PAGES") {
                try Files.write(page, to: "\(directory)/\(name).html")
            }
        }
    }

    @Test func whatHappenedIsSaid() {
        let good = MarkupCheck(page(history(failing: false))).text
        for part in [
            "Pass", "19 of 19", "2 in a row", "F-1", "closed", "offline-A",
            "time between backups 1 h",
        ] {
            // The finding of day 9 was closed by the same case from the same seed on day 10.
            #expect(good.contains(part), "\(part)")
        }
        let blind = MarkupCheck(page(history(failing: true))).text
        for part in [
            "Blind", "18 of 19", "N3: it was cut short; missed: N3",
            "N3 (seed 7321) ended with 0, not 13",
            "Decisions of access were not asked again.", "open since",
        ] { #expect(blind.contains(part), "\(part)") }
        #expect(!blind.contains("Pass"))
        let empty = MarkupCheck(page(LedgerState())).text
        #expect(empty.contains("Never run") && empty.contains("No drill has been run."))
    }

    @Test func theStatusIsTheWorstThereIs() {
        func word(_ state: LedgerState, overdue: [String] = []) -> String {
            DrillPage(
                state, head: LedgerHead(), publicKey: [], now: Reports.time, overdue: overdue
            ).statusWord
        }
        let good = state([.drill(Reports.full(1))])
        #expect(word(good) == "pass")
        #expect(word(good, overdue: ["x"]) == "overdue")
        #expect(word(state([.drill(Reports.full(1)), .drill(DrillReport())])) == "inconclusive")
        // What passes at one level does not hide what failed at another.
        #expect(word(state([.drill(DrillReport()), .drill(Reports.full(1))])) == "inconclusive")
        var findings = Findings()
        var failed = Reports.full(1, exit: 17)
        failed.findings = findings.take(failed.cases, at: failed.ended)
        var later = Reports.full(2)
        later.cases = []
        later.findings = findings.take([], at: later.ended)
        #expect(word(state([.drill(failed)])) == "fail")
        #expect(word(state([.drill(failed), .drill(later)])) == "open findings")
    }

    @Test func hostileTextStaysText() {
        let hostile =
            "</td><script>alert('x')</script><img src=x onerror=\"y\"> &amp; \u{202e}\u{1b}[2J"
        var report = Reports.full(1, exit: 17)
        report.id = hostile
        report.host = hostile
        report.binary = hostile
        report.trigger = hostile
        report.verdict = hostile
        report.reasons = [hostile]
        report.backup?.selection = hostile
        report.keys?.openedWith = hostile
        report.keys?.wouldOpen = [hostile]
        report.cases = [
            DrillCase(hostile, seed: 1, exit: 0), DrillCase("N1/\(hostile)", seed: 1, exit: 19),
        ]
        var finding = DrillFinding()
        (finding.id, finding.check, finding.owner, finding.repro) = (
            hostile, hostile, hostile, hostile
        )
        report.findings = [finding]
        let page = page(state([.drill(report)]), overdue: [hostile])
        let markup = MarkupCheck(page)
        #expect(markup.complaints.isEmpty, "\(markup.complaints)")
        #expect(!markup.elements.contains("script") && !markup.elements.contains("img"))
        // Twelve places at least, each with all its letters.
        let shown =
            "</td><script>alert('x')</script><img src=x onerror=\"y\"> &amp; \u{fffd}\u{fffd}[2J"
        #expect(markup.text.split(separator: shown, omittingEmptySubsequences: false).count > 12)
        for scalar in ["\u{202e}", "\u{1b}"] as [Unicode.Scalar] {
            #expect(!page.unicodeScalars.contains(scalar))
        }
    }

    /// The check itself, on documents that are not well-formed.
    @Test(arguments: [
        "<p>", "<p></b>", "<p a></p>", "<p a=b></p>", "<p>a & b</p>", "<p>a &nbsp; b</p>", "x",
        "<p>></p>", "<p", "<p a=\"b\"c></p>",
    ])
    func theCheckSees(_ document: String) {
        #expect(!MarkupCheck(document).complaints.isEmpty)
    }

    @Test func numbersAreWrittenForPeople() {
        let durations: [(Int64, String)] = [
            (0, "0 ms"), (999, "999 ms"), (2310, "2.3 s"), (250_000, "4 min 10 s"),
            (900_000, "15 min"), (11_100_000, "3 h 5 min"), (200_000_000, "2 days"),
        ]
        for (time, text) in durations {
            #expect(PageFormat.duration(milliseconds: time) == text)
        }
        #expect(PageFormat.bytes(104_857_600) == "100.0 MiB" && PageFormat.bytes(7) == "7 B")
        #expect(PageFormat.age(of: 10, now: 0) == "in the future")
        #expect(PageFormat.age(of: 0, now: 3_600_000) == "1 hour ago")
    }
}
