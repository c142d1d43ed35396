import Testing
import VaultTestSupport

@testable import VaultBackup

/// Reports as text.
@Suite struct DrillReportTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONParser.parse(Array(text.utf8)[...])
    }

    @Test func aReportComesBackAsItWas() throws {
        for report in [Reports.full(), DrillReport()] {
            let again = try DrillReport(json: try parse(report.text))
            #expect(again == report)
            #expect(again.text == report.text)
        }
    }

    /// The names of the document are what scripts know.
    @Test func theFieldsAreThoseOfTheSchema() throws {
        let text = Reports.full().text
        let start = """
            {"drill_id":"drill-1","level":"D2","seed":7321,"started":"2026-11-26T03:00:00.000Z",\
            "ended":"2026-11-26T03:00:04.000Z","host":"drill-host","binary":"1.4.2+sha",\
            "trigger":"timer","every_s":null,"backup":{"id":"abababababababababababababababab",
            """
        #expect(text.hasPrefix(start.filter { $0 != "\n" }))
        for part in [
            #""rpo":{"seconds":219,"revisions":0,"target_s":900,"worst_gap_s":3600}"#,
            #""phases":[{"name":"locate","ms":4},{"name":"load","ms":1480}]"#,
            #""keys":{"opened_with":"drill-2026","would_open":["offline-A","offline-B"],"#
                + #""offline_last_proven":"2026-11-25T03:00:00.000Z"}"#,
            #""negative":{"run":31,"detected":31,"missed":[]}"#,
            #""verdict":"pass","exit":0}"#,
        ] { #expect(text.contains(part), "\(part)") }
    }

    @Test func theVerdictGoesIntoTheReport() {
        let steps = [StepOutcome("counts", seed: 3, .failed(.mismatch("one record more")))]
        let controls = [
            ControlOutcome(
                "N1", seed: 4, expected: [13], observed: .ended(exitCode: 0, leaked: true))
        ]
        var report = DrillReport()
        report.conclude(
            DrillVerdict(steps: steps, controls: controls), steps: steps, controls: controls)
        #expect(report.exit == 19 && report.verdict == "blind")
        let cases = [DrillCase("counts", seed: 3, exit: 17), DrillCase("N1", seed: 4, exit: 19)]
        #expect(report.cases == cases)
        #expect(report.negative.missed == ["N1"])
        #expect(report.reasons.count == 2)
    }

    /// A report that nobody concluded is no success.
    @Test func aNewReportIsInconclusive() {
        #expect(DrillReport().exit == 23 && DrillReport().verdict == "inconclusive")
    }

    @Test(arguments: [
        "", "{", "{}x", "nul", "1.5", "1e3", "01", "-", "9223372036854775808", "\"", "\"\\x\"",
        "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\\ud800\"", "\"\\u+123\"", "\"\n\"",
        "{\"a\":1,\"a\":2}", "[1,]", "[1 2]", "{\"a\" 1}", "{a:1}", "\u{feff}1", " 1", "1 ",
    ])
    func whatIsNotOursIsRefused(_ text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func depthHasALimit() throws {
        let depth = BackupLimits.jsonDepthMax
        func nested(_ count: Int) -> String {
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        #expect(throws: Never.self) { try parse(nested(depth)) }
        #expect(throws: JSONError.self) { try parse(nested(depth + 1)) }
        #expect(throws: JSONError.self) { try parse(nested(1_000_000)) }
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xff, 0x22]) }
    }

    @Test(arguments: TestSeed.seeds(4, for: "json"))
    func everyTextSurvivesAndLeavesNoControlCharacter(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let ranges: [ClosedRange<UInt32>] = [0...0xff, 0x2020...0x2030, 0xd7f0...0x10ffff]
            let scalars = (0..<random.pick(0...20)).compactMap { _ in
                Unicode.Scalar(random.pick(random.pick(ranges)))
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            let value = JSONValue.object([
                JSONMember(name: String(text), value: .string(String(text)))
            ])
            #expect(try parse(value.text) == value, "seed \(seed)")
            #expect(!value.text.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{2028}" })
        }
    }

    @Test func timesAreThoseOfTheCalendar() {
        let known: [(Int64, String)] = [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_123, "2000-02-29T00:00:00.123Z"),
            (1_795_575_600_000, "2026-11-25T03:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ]
        for (time, text) in known {
            #expect(UTCTime.text(time) == text)
            #expect(UTCTime.milliseconds(text) == time)
        }
        for text in [
            "", "2026-02-29T00:00:00.000Z", "2026-11-25 03:00:00.000Z", "2026-11-25T24:00:00.000Z",
            "2026-11-25T03:00:00Z", "1969-12-31T00:00:00.000Z", "2026-13-01T00:00:00.000Z",
            "1970-01-01T9999999999999999:00:00.000Z",
        ] { #expect(UTCTime.milliseconds(text) == nil, "\(text)") }
    }
}
