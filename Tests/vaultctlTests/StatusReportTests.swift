import Testing
import VaultAPI

@testable import vaultctl

@Suite struct StatusReportTests {
    private func status(sealed: Bool, initialized: Bool = true) -> Vault_V1_StatusResponse {
        var status = Vault_V1_StatusResponse()
        status.initialized = initialized
        status.sealed = sealed
        status.storeID = initialized ? "ab" : ""
        status.timeline = initialized ? 1 : 0
        status.version = "1.0"
        status.pid = 7
        status.uptimeSeconds = 61
        status.revision = 12
        status.compactRevision = 5
        status.keys = 3
        status.records = 9
        status.usedBytes = 2048
        status.fileBytes = 4096
        status.quotaBytes = 2_147_483_648
        return status
    }

    @Test func unsealedVaultShowsItsContents() {
        #expect(
            StatusReport.table(status(sealed: false)) == """
                state     unsealed
                store     ab, timeline 1
                vaultd    1.0, process 7, up 1 min 1 s
                revision  12, readable from 5 on
                keys      3, in 9 records
                storage   2.0 KiB used of at most 2.0 GiB, file 4.0 KiB
                backup    none yet: 'vaultctl backup create FILE'

                """)
    }

    @Test func sealedVaultSaysHowToOpenIt() {
        let text = StatusReport.table(status(sealed: true))
        #expect(text.hasPrefix("state   sealed: open it with 'vaultctl unseal'\n"))
        #expect(!text.contains("revision"))
    }

    @Test func aLogThatTakesNoLinesIsShown() {
        var status = status(sealed: false)
        #expect(!StatusReport.table(status).contains("audit"))
        status.auditTrouble = "the disk is full: make room"
        #expect(
            StatusReport.table(status)
                .hasSuffix("audit     requests are refused: the disk is full: make room\n"))
    }

    @Test func aStoreThatTakesNoWritesIsShown() {
        var status = status(sealed: false)
        #expect(!StatusReport.table(status).contains("writes"))
        status.storeTrouble = "storage failed: make the disk well"
        let text = StatusReport.table(status)
        #expect(text.hasPrefix("state     unsealed: nothing can be written\n"))
        #expect(text.hasSuffix("writes    fail: storage failed: make the disk well\n"))
        var json = JSONWriter()
        StatusReport.write(status, to: &json)
        #expect(
            String(decoding: json.take(), as: UTF8.self)
                .contains(#""store_trouble":"storage failed: make the disk well""#))
    }

    @Test func emptyVaultSaysHowToInitialiseIt() {
        let text = StatusReport.table(status(sealed: true, initialized: false))
        #expect(text.hasPrefix("state   not initialised: create its keys with 'vaultctl init'\n"))
    }

    @Test func progressSaysHowFarItIs() {
        var report = Vault_V1_UnsealProgress()
        report.phase = "verifying records"
        #expect(ProgressLine.text(report) == "verifying records")
        report.done = 420
        report.total = 1000
        #expect(ProgressLine.text(report) == "verifying records: 42 % (420 of 1000)")
        report.done = .max
        report.total = .max
        #expect(ProgressLine.text(report).hasPrefix("verifying records: 100 %"))
    }
}
