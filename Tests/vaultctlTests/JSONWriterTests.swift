import Testing

@testable import vaultctl

@Suite struct JSONWriterTests {
    private func document(_ body: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        body(&json)
        return String(decoding: json.take(), as: UTF8.self)
    }

    @Test func nestedElementsHaveCommasBetweenThemAndNowhereElse() {
        let text = document { json in
            json.object { json in
                json.field("empty") { _ in }
                json.field("numbers") { json in
                    json.number(1)
                    json.number(-2)
                }
                json.field("objects") { json in
                    json.object { $0.field("a", true) }
                    json.object { _ in }
                }
                json.name("nothing")
                json.null()
            }
        }
        #expect(
            text == #"{"empty":[],"numbers":[1,-2],"objects":[{"a":true},{}],"nothing":null}"#)
    }

    @Test(arguments: [
        ("plain", #""plain""#),
        (#"quote " back \"#, #""quote \" back \\""#),
        ("a\nb\tc\rd", #""a\nb\tc\rd""#),
        ("\0\u{1b}\u{7f}\u{9b}", #""\u0000\u001b\u007f\u009b""#),
        ("\u{2028}", #""\u2028""#),
        ("ü世🔑", "\"ü世🔑\""),
    ])
    func stringsAreEscaped(value: String, written: String) {
        #expect(document { $0.string(value) } == written)
    }

    @Test func bytesSayTheirEncoding() {
        let text = document { json in
            json.object { $0.field("value", bytes: Array("ä".utf8), encodingField: "encoding") }
        }
        #expect(text == #"{"value":"ä","encoding":"utf-8"}"#)
        let binary = document { json in
            json.object { $0.field("value", bytes: [0xFF, 0x00], encodingField: "encoding") }
        }
        #expect(binary == #"{"value":"/wA=","encoding":"base64"}"#)
    }

    @Test func leaseIsHexadecimalOrNull() {
        let text = document { json in json.object { $0.field(lease: -1) } }
        #expect(text == #"{"lease":"ffffffffffffffff"}"#)
        #expect(document { json in json.object { $0.field(lease: 0) } } == #"{"lease":null}"#)
    }

    @Test func takenPiecesContinueEachOther() {
        var json = JSONWriter()
        json.beginArray()
        json.number(1)
        var text = json.take()
        json.number(2)
        json.endArray()
        text += json.take()
        #expect(String(decoding: text, as: UTF8.self) == "[1,2]")
    }
}
