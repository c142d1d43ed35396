import NIOCore
import Testing

@testable import RPC

@Suite struct CodecTests {
    @Test func theFirstValueOfANameIsLentAsItCame() {
        let metadata: Metadata = ["tokens": "no", "token": "one", "toke": "no", "token": "two"]
        func lent(_ name: StaticString) -> [UInt8]? {
            metadata.withFirstValue(of: name) { [UInt8]($0) }
        }
        #expect(lent("token") == Array("one".utf8))
        #expect(lent("other") == nil)
        #expect((["token": ""] as Metadata).withFirstValue(of: "token") { $0.count } == 0)
    }

    @Test(arguments: [
        ("", ""), ("plain text", "plain text"), ("100%", "100%25"), ("a\nb", "a%0Ab"),
        ("größer", "gr%C3%B6%C3%9Fer"), ("~ \u{7F}", "~ %7F"),
    ])
    func messagesArePercentEncoded(_ text: String, _ encoded: String) {
        #expect(String(decoding: PercentEncoding.encode(text), as: UTF8.self) == encoded)
        #expect(PercentEncoding.decode(Array(encoded.utf8)) == text)
    }

    @Test(arguments: [("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("%41%", "A%"), ("%c3%b6", "ö")])
    func badPercentEncodingIsKept(_ encoded: String, _ text: String) {
        #expect(PercentEncoding.decode(Array(encoded.utf8)) == text)
    }

    /// RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
        ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func base64HasThePublishedValues(_ text: String, _ encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == Array(encoded.utf8))
        #expect(Base64.decode(Array(encoded.utf8)) == Array(text.utf8))
        let padding = String(repeating: "=", count: (4 - encoded.utf8.count % 4) % 4)
        #expect(Base64.decode(Array((encoded + padding).utf8)) == Array(text.utf8))
    }

    @Test(arguments: ["A", "Zg=", "Zg===", "Z=g=", "Zm9v=", "Zm9v====", "Z g", "Zm_v"])
    func badBase64IsRefused(_ text: String) {
        #expect(Base64.decode(Array(text.utf8)) == nil)
    }

    @Test(
        arguments: [
            ("1n", 1), ("5u", 5_000), ("100m", 100_000_000), ("3S", 3_000_000_000),
            ("2M", 120_000_000_000), ("1H", 3_600_000_000_000), ("0S", 0),
        ] as [(String, Int64)])
    func timeoutsHaveUnits(_ text: String, _ nanoseconds: Int64) {
        let timeout = Array(text.utf8).withUnsafeBytes { CallTimeout.decode($0) }
        #expect(timeout == .nanoseconds(nanoseconds))
    }

    @Test func hugeTimeoutsDoNotOverflow() {
        let timeout = Array("99999999H".utf8).withUnsafeBytes { CallTimeout.decode($0) }
        #expect(timeout.map { NIODeadline.now() + $0 > .now() } == true)
    }

    @Test(
        arguments: [
            (.nanoseconds(7), "7n"), (.milliseconds(1), "1000000n"), (.seconds(5), "5000000u"),
            (.seconds(100), "100000m"), (.zero, "0n"),
        ] as [(Duration, String)])
    func timeoutsAreSentInTheFinestUnitThatFits(_ timeout: Duration, _ text: String) {
        #expect(CallTimeout.encode(timeout) == text)
    }

    /// Every way to cut two messages in two gives the same two messages.
    @Test func messagesComeOutWhereverTheyAreCut() throws {
        let bytes = ScriptedClient.frame(Array("hello".utf8)) + ScriptedClient.frame([])
        for cut in 0...bytes.count {
            var assembler = MessageAssembler(messageBytesMax: 5)
            var messages: [ByteBuffer] = []
            for part in [bytes[..<cut], bytes[cut...]] {
                try Array(part).withUnsafeBytes { part in
                    var rest = part
                    while let message = try assembler.next(from: &rest) {
                        messages.append(message)
                    }
                    #expect(rest.isEmpty)
                }
            }
            #expect(messages == [ByteBuffer(string: "hello"), ByteBuffer()])
            #expect(assembler.isBetweenMessages)
        }
    }

    @Test func messageThatIsKeptIsNotOverwrittenByTheNext() throws {
        var assembler = MessageAssembler(messageBytesMax: 100)
        var kept: [ByteBuffer] = []
        for text in ["one", "two"] {
            try ScriptedClient.frame(Array(text.utf8)).withUnsafeBytes { bytes in
                var rest = bytes
                if let message = try assembler.next(from: &rest) { kept.append(message) }
            }
        }
        #expect(kept == [ByteBuffer(string: "one"), ByteBuffer(string: "two")])
    }

    /// However it is fetched, the queue gives the same bytes.
    @Test func outboundQueueGivesItsBytesInOrder() {
        let expected =
            ScriptedClient.frame(Array("abc".utf8)) + ScriptedClient.frame([])
            + ScriptedClient.frame(Array("defghi".utf8))
        for step in 1...expected.count {
            var queue = OutboundQueue()
            queue.append(ByteBuffer(string: "abc"))
            queue.append(ByteBuffer())
            queue.append(chunks: [
                ByteBuffer(string: "d"), ByteBuffer(), ByteBuffer(string: "efghi"),
            ])
            var output = ByteBuffer()
            while queue.byteCount > 0 { queue.take(min(step, queue.byteCount), into: &output) }
            #expect(Array(output.readableBytesView) == expected)
        }
    }

    /// Bytes that were offered are still there after everything else was forgotten.
    @Test func truncatedQueueKeepsWhatWasOffered() {
        for kept in 0...30 {
            var queue = OutboundQueue()
            queue.append(ByteBuffer(string: "abcdefgh"))
            queue.append(chunks: [ByteBuffer(string: "ijk"), ByteBuffer(string: "lmnopq")])
            var whole = ByteBuffer()
            var copy = queue
            copy.take(copy.byteCount, into: &whole)
            queue.truncate(keeping: kept)
            #expect(queue.byteCount >= min(kept, whole.readableBytes))
            #expect(queue.byteCount < kept + 5)
            var output = ByteBuffer()
            queue.take(min(kept, queue.byteCount), into: &output)
            #expect(output.readableBytesView.elementsEqual(whole.readableBytesView.prefix(kept)))
        }
    }

    @Test func routesAreFoundByTheirBytes() {
        let paths = (0..<50).map { "/package.Service\($0 % 7)/Method\($0)" }
        let table = RouteTable(paths.map { .unary($0) { _, _ in .later } })
        for path in paths {
            #expect(Array(path.utf8).withUnsafeBytes { table.route($0)?.path } == path)
        }
        for path in ["", "/", "/package.Service0/Method", "/package.Service1/Method0"] {
            #expect(Array(path.utf8).withUnsafeBytes { table.route($0)?.path } == nil)
        }
    }

    @Test func largeMessagesTakeTurns() {
        var budget = LargeMessageBudget(bytesMax: 10)
        var granted = [budget.reserve(slot: 1, bytes: 6), budget.reserve(slot: 2, bytes: 5)]
        // Smaller ones do not overtake, and asking again does not count twice.
        granted += [budget.reserve(slot: 3, bytes: 4), budget.reserve(slot: 3, bytes: 4)]
        #expect(granted == [true, false, false, false])
        let second = budget.release(slot: 1, bytes: 6)
        #expect(second.map(\.slot) == [2, 3])
        // Larger than the whole budget: alone.
        let large = budget.reserve(slot: 4, bytes: 100)
        let none = budget.release(slot: 2, bytes: 5)
        #expect(!large && none.isEmpty)
        let third = budget.release(slot: 3, bytes: 4)
        #expect(third.map(\.slot) == [4])
        let last = budget.reserve(slot: 5, bytes: 1)
        let fourth = budget.release(slot: 4, bytes: 100)
        #expect(!last && fourth.map(\.slot) == [5])
    }
}
