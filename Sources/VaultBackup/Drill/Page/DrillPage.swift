/// The ledger for people: one file of HTML that needs nothing else, runs no script and asks no
/// other machine.
public struct DrillPage {
    let state: LedgerState
    let head: LedgerHead
    let publicKey: [UInt8]
    let now: Int64
    let overdue: [String]

    /// - Parameters:
    ///   - head: of the checked ledger that `state` comes from, to be compared with a copy.
    ///   - publicKey: 32 bytes, with which everybody can check it again.
    ///   - now: milliseconds since 1970.
    ///   - overdue: what the freshness rule says.
    public init(
        _ state: LedgerState, head: LedgerHead, publicKey: [UInt8], now: Int64,
        overdue: [String] = []
    ) {
        self.state = state
        self.head = head
        self.publicKey = publicKey
        self.now = now
        self.overdue = overdue
    }

    /// The document.
    public var text: String {
        var html = HTMLWriter()
        html.verbatim("<!DOCTYPE html>\n")
        html.element("html", ["lang": "en"]) { html in
            html.element("head") { writeHead(to: &$0) }
            html.lineBreak()
            html.element("body") { html in
                html.element("main") { writeMain(to: &$0) }
            }
        }
        html.lineBreak()
        return html.result
    }

    /// The last drill that restored something; failing that, the last of any kind.
    var last: DrillReport? {
        state.reports.last { $0.rto != nil } ?? state.reports.last
    }

    private func writeHead(to html: inout HTMLWriter) {
        html.void("meta", ["charset": "utf-8"])
        html.void(
            "meta",
            [
                "http-equiv": "Content-Security-Policy",
                "content": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                    + "form-action 'none'",
            ])
        html.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        html.void("meta", ["name": "referrer", "content": "no-referrer"])
        html.element("title", text: "Recovery drills: \(statusWord)")
        html.element("style") { $0.verbatim(PageStyle.text) }
    }

    private func writeMain(to html: inout HTMLWriter) {
        html.element("h1", text: "Recovery drills")
        html.element(
            "p", ["class": "soft"],
            text: "As of \(PageFormat.minute(now)) UTC. All times are UTC.")
        writeBanner(to: &html)
        guard last != nil || !state.missed.isEmpty else {
            html.element(
                "p",
                text: "No drill has been run. Until one has, nothing shows that the backups can "
                    + "be restored. Run: vaultctl drill run")
            writeFooter(to: &html)
            return
        }
        writeCards(to: &html)
        writeTrends(to: &html)
        writeProof(to: &html)
        writeControls(to: &html)
        writeFindings(to: &html)
        writeHistory(to: &html)
        writeFooter(to: &html)
    }

    /// "pass", "fail", "blind", "inconclusive", "open findings", "overdue" or "never run": the
    /// worst of the last drills of all levels. A scrub that passed says nothing of a restore.
    var statusWord: String {
        let last = DrillLevel.allCases.compactMap { state.last($0) }
        guard !last.isEmpty else { return "never run" }
        let failed = last.filter { $0.exit != 0 }
        if let worst = failed.min(by: {
            DrillVerdict.rank($0.exit) < DrillVerdict.rank($1.exit)
        }) {
            return worst.verdict
        }
        let isOpen = state.findings.open.contains { $0.severity == .high }
        return overdue.isEmpty && !isOpen ? "pass" : (isOpen ? "open findings" : "overdue")
    }

    private func writeBanner(to html: inout HTMLWriter) {
        let word = statusWord
        let kind = ["pass": "good", "fail": "bad", "blind": "bad"][word] ?? "open"
        let meaning =
            [
                "pass": "Everything that the last drills asked was proven.",
                "fail": "What was to be proven is not so.",
                "blind": "A broken backup was not noticed: no other result can be believed.",
                "inconclusive": "The drill did not come to an end: nothing was proven.",
                "overdue": "The last drills passed, but something is too old.",
                "open findings": "The last drills passed, but earlier findings are not fixed.",
                "never run": "Nothing is known.",
            ][word] ?? ""
        html.element("div", ["class": "banner \(kind)"]) { html in
            html.element("strong", text: word.prefix(1).uppercased() + word.dropFirst())
            html.element("span", text: meaning)
            for reason in overdue { html.element("span", text: "Overdue: \(reason).") }
        }
    }

    private func writeFooter(to html: inout HTMLWriter) {
        html.element("footer") { html in
            html.element("p") { html in
                html.text(
                    "Made from a ledger of \(PageFormat.counted(head.sequence, "line")), each of "
                        + "which is signed and names the one before. To hold it against a copy: "
                        + "the last line is ")
                html.element("code", text: head.hash)
                html.text(", the public key ")
                html.element("code", text: Hexadecimal.encode(publicKey))
                html.text(".")
            }
            if state.tornLines > 0 {
                let torn = PageFormat.counted(Int64(state.tornLines), "line")
                html.element(
                    "p", text: "\(torn) had been cut short by a crash, and removed.")
            }
        }
    }
}
