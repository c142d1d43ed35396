import Testing
import VaultDoctor

@Suite struct DoctorReportTests {
    private let report = DoctorReport([
        Finding("clock", .ok, "fine"), Finding("swap", .warning, "on", fix: "turn it off"),
        Finding("user", .warning, "root"), Finding("key-file", .critical, "open to \"others\""),
    ])

    @Test func theWorstComesFirstAndTheRestKeepsItsOrder() {
        #expect(report.findings.map(\.id) == ["key-file", "swap", "user", "clock"])
        #expect(report.severity == .critical)
    }

    @Test(arguments: [(Severity.ok, Int32(0)), (.info, 0), (.warning, 1), (.critical, 1)])
    func aWarningIsAFailure(_ severity: Severity, _ expected: Int32) {
        #expect(DoctorReport([Finding("a", severity, "b")]).exitStatus == expected)
        #expect(DoctorReport([]).exitStatus == 0)
    }

    @Test func theTableSaysWhatToDo() {
        #expect(
            report.table == """
                critical  key-file  open to "others"
                warning   swap      on
                                    -> turn it off
                warning   user      root
                ok        clock     fine

                1 critical, 2 warning, 0 info, 1 ok

                """)
    }

    @Test func theDocumentIsOne() {
        let report = DoctorReport([Finding("a", .info, "x\"\\\n\u{e9}\u{1f600}", fix: "y")])
        let what = #"x\"\\\u000a\u00e9\ud83d\ude00"#
        #expect(
            report.json
                == #"{"severity":"info","findings":[{"id":"a","severity":"info","what":""# + what
                + #"","fix":"y"}]}"# + "\n")
    }

    @Test func aPathCannotMoveTheCursor() {
        let report = DoctorReport([Finding("a", .ok, "/data/\u{1b}[2J")])
        #expect(report.table.hasPrefix("ok        a  /data/\\u{1b}[2J\n"))
    }
}
