@testable import VaultBackup

/// Lines of a drill host's ledger, signed or not, and what is made of them; marks of prunes.
final class LedgerTarget: FuzzTarget {
    private static let kinds = ["drill", "missed", "torn", "prune"]
    private static let now: Int64 = 1_795_575_600_000

    private let scratch: ScratchDirectory
    private let key: LedgerKey

    init() throws {
        scratch = try ScratchDirectory()
        key = try LedgerKey.open("key", in: try DirectoryFiles.open(scratch.path))
    }

    func take(_ input: [UInt8]) {
        var input = Input(input)
        switch input.byte() % 5 {
        case 0: takeDocument(input.remainder())
        case 1: takeTime(input.remainder())
        case 2:
            do throws(JSONError) { _ = try LedgerHead(bytes: input.remainder()) } catch {}
        case 3:
            do throws(BackupError) {
                _ = try LedgerContents(input.remainder(), publicKey: key.publicHalf)
            } catch { require(error.exitCode == 13, error.message) }
        default: takeLines(input.remainder())
        }
    }

    private func takeDocument(_ bytes: [UInt8]) {
        do throws(JSONError) {
            let value = try JSONParser.parse(bytes[...])
            let again = try JSONParser.parse(Array(value.text.utf8)[...])
            require(again == value, "a document is read as it was written")
        } catch {}
    }

    private func takeTime(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let time = UTCTime.milliseconds(text) else { return }
        require(UTCTime.text(time) == text, "a time is written as it was read")
    }

    /// A line each: the number of a kind, and its fields as text.
    private func takeLines(_ bytes: [UInt8]) {
        var (ledger, hash) = ([UInt8](), LedgerLine.noHash)
        for (index, line) in bytes.split(separator: 0x0A).enumerated() {
            let kind = Self.kinds[Int(line[line.startIndex]) % Self.kinds.count]
            var message = Array(
                ("{\"schema\":\"vault.drill/1\",\"kind\":\"\(kind)\",\"seq\":\(index + 1),"
                    + "\"prev\":\"\(hash)\",\"time\":\"\(UTCTime.text(Self.now))\"").utf8)
            if line.count > 1 { message += [0x2C] + line.dropFirst() }
            do throws(BackupError) {
                let signature = Hexadecimal.encode(try key.sign(message))
                message += Array("\(LedgerLine.signatureName)\(signature)\"}".utf8)
            } catch { preconditionFailure("the key signs: \(error)") }
            hash = LedgerLine.hash(of: message[...])
            ledger += message + [0x0A]
        }
        let contents: LedgerContents
        do throws(BackupError) {
            contents = try LedgerContents(ledger, publicKey: key.publicHalf)
        } catch { return require(error.exitCode == 13, error.message) }
        use(contents)
    }

    /// What is signed may be nonsense, and is shown all the same.
    private func use(_ contents: LedgerContents) {
        let state = LedgerState(contents.lines)
        for now in [0, Self.now, Int64.max] {
            let page = DrillPage(
                state, head: contents.head, publicKey: key.publicHalf, now: now)
            require(!page.text.contains("<script"), "the page runs nothing")
        }
        _ = DrillMetrics(state).text
        for line in contents.lines {
            do throws(JSONError) {
                let again = try LedgerBody(kind: line.body.kind, json: line.body.json)
                require(again == line.body, "a line is read as it was written")
            } catch { preconditionFailure("a line that was read can be written: \(error.what)") }
        }
    }

    var seeds: [[UInt8]] {
        func fields(_ body: LedgerBody) -> [UInt8] {
            Array(body.json.text.utf8.dropFirst().dropLast())
        }
        var report = DrillReport()
        report.level = .hostile
        report.rpo = DrillReport.RecoveryPoint()
        report.rto = DrillReport.RecoveryTime()
        report.rto?.phases = [.init("load", milliseconds: 1480)]
        report.counts = DrillReport.Counts()
        report.backup = DrillReport.Backup()
        report.live = DrillReport.Live()
        report.stateHash = DrillReport.StateHashes()
        report.keys = DrillReport.Keys()
        report.keys?.offlineLastProven = 1
        report.policy = DrillReport.Policy()
        report.audit = DrillReport.Audit()
        report.resurrected = DrillReport.Resurrection()
        report.faults = [DrillReport.Fault()]
        report.cases = [DrillCase("state-hash", seed: 0, exit: 17)]
        var findings = Findings()
        report.findings = findings.take(report.cases, at: 1)
        let bodies: [LedgerBody] = [
            .drill(report), .missed(MissedRun(level: .scrub, due: 5, count: 3)),
            .torn(TornLine()), .prune(PruneRecord()),
        ]
        let lines = bodies.enumerated().map { [UInt8($0.offset)] + fields($0.element) }
        return lines.map { [4] + $0 } + [[4] + Array(lines.joined(separator: [0x0A]))]
            + bodies.map { [0] + Array($0.json.text.utf8) }
            + [[1] + Array(UTCTime.text(Self.now).utf8), [2] + LedgerHead().bytes]
            + [[0] + Array("[1,-2,true,null,\"\\ud83d\\ude00\\n\",{\"a\":[]}]".utf8)]
    }
}
