import FoundationEssentials
import Testing
import VaultAPI

@testable import vaultctl

@Suite struct ListingTests {
    private func page(
        _ names: [[UInt8]], more: Bool = false
    ) -> Etcdserverpb_RangeResponse {
        var page = Etcdserverpb_RangeResponse()
        page.header.revision = 9
        page.count = 3
        page.more = more
        page.kvs = names.map { name in
            var key = Mvccpb_KeyValue()
            key.key = Data(name)
            key.modRevision = 5
            key.createRevision = 4
            key.version = 2
            return key
        }
        return page
    }

    private func text(_ format: OutputFormat, _ pages: [Etcdserverpb_RangeResponse]) -> String {
        var listing = KeyListing(format: format, prefix: "")
        var bytes: [UInt8] = []
        for page in pages { bytes += listing.render(page) }
        return String(decoding: bytes + listing.end(), as: UTF8.self)
    }

    @Test func pagesMakeOneJSONDocument() {
        let pages = [page([[0x61]], more: true), page([[0xFF]])]
        #expect(
            text(.json, pages) == """
                {"prefix":"","revision":9,"count":3,"keys":[\
                {"key":"a","key_encoding":"utf-8","revision":5,"create_revision":4,"version":2,\
                "lease":null},\
                {"key":"/w==","key_encoding":"base64","revision":5,"create_revision":4,\
                "version":2,"lease":null}]}

                """)
    }

    @Test func emptyListIsADocumentTooAndAnEmptyTable() {
        #expect(
            text(.json, [page([])]) == #"{"prefix":"","revision":9,"count":3,"keys":[]}"# + "\n")
        #expect(text(.table, [page([])]).isEmpty)
    }

    @Test func tableHasOneHeaderAndNoControlCharacters() {
        let pages = [page([Array("a\u{1b}[0m".utf8)], more: true), page([[0x62]])]
        #expect(
            text(.table, pages) == """
                KEY         REVISION  VERSION  LEASE
                a\\u{1b}[0m         5        2  -
                b                  5        2  -

                """)
    }

    @Test(
        arguments: [
            ([], [0], [0]), ([0x61], [0x61], [0x62]), ([0x61, 0xFF], [0x61, 0xFF], [0x62]),
            ([0xFF, 0xFF], [0xFF, 0xFF], [0]),
        ] as [([UInt8], [UInt8], [UInt8])])
    func prefixIsARange(prefix: [UInt8], key: [UInt8], end: [UInt8]) {
        let range = KeyName.range(prefix: prefix)
        #expect(Array(range.key) == key)
        #expect(Array(range.end) == end)
    }
}
