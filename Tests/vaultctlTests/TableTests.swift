import Testing

@testable import vaultctl

@Suite struct TableTests {
    private let columns: [Table.Column] = [
        .init(title: "KEY"), .init(title: "REVISION", alignment: .right), .init(title: "LEASE"),
    ]

    @Test func columnsLineUpWithoutSpacesAtTheEnd() {
        var table = Table(columns)
        let text = table.rendered([["a", "7", "-"], ["long/name", "12345", "-"]])
        #expect(
            text == """
                KEY        REVISION  LEASE
                a                 7  -
                long/name     12345  -

                """)
    }

    @Test func laterPagesKeepTheWidthOfEarlierOnes() {
        var table = Table(columns)
        table.fit([["long/name", "1", "-"]])
        table.fit([["a", "1", "-"]])
        #expect(table.lines([["a", "1", "-"]]) == "a                 1  -\n")
    }

    @Test func oneEndlessNameDoesNotWidenEveryLine() {
        var table = Table(columns)
        table.fit([[String(repeating: "x", count: 4000), "1", "-"]])
        #expect(table.lines([["a", "1", "-"]]).count == Table.columnWidthMax + 2 + 8 + 2 + 2)
    }

    @Test func fieldsWithoutNameContinueTheOneAbove() {
        var fields = FieldList()
        fields.add("slots", "1 passphrase")
        fields.add("", "2 keyfile")
        #expect(fields.rendered() == "slots  1 passphrase\n       2 keyfile\n")
    }

    @Test(
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"),
            (1_572_864, "1.5 MiB"), (2_147_483_648, "2.0 GiB"), (5_497_558_138_880, "5.0 TiB"),
        ] as [(Int64, String)])
    func bytesAreSaidInBinaryUnits(count: Int64, text: String) {
        #expect(Quantity.bytes(count) == text)
    }

    @Test(
        arguments: [
            (59, "59 s"), (61, "1 min 1 s"), (3700, "1 h 1 min"), (90_000, "1 d 1 h"),
        ] as [(Int64, String)])
    func secondsAreSaidInTwoUnits(count: Int64, text: String) {
        #expect(Quantity.seconds(count) == text)
    }
}
