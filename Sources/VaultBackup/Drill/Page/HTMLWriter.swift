/// Writes HTML that is also XML: every element is closed, every text and attribute escaped.
///
///     html.element("p", ["class": "note"], text: "a < b")   ->   <p class="note">a &lt; b</p>
struct HTMLWriter {
    private(set) var result = ""

    mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
        _ body: (inout HTMLWriter) -> Void
    ) {
        result += "<\(name)"
        append(attributes)
        result += ">"
        body(&self)
        result += "</\(name)>"
    }

    /// An element of nothing but text.
    mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
        text: String
    ) {
        element(name, attributes) { $0.text(text) }
    }

    /// An element without an end.
    mutating func void(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]
    ) {
        result += "<\(name)"
        append(attributes)
        result += " />"
    }

    mutating func text(_ text: String) { result += Self.escaped(text) }

    mutating func lineBreak() { result += "\n" }

    /// Text of this program's own that is no text to HTML: the style sheet, the document's kind.
    mutating func verbatim(_ text: StaticString) { result += "\(text)" }

    private mutating func append(_ attributes: KeyValuePairs<StaticString, String>) {
        for (name, value) in attributes {
            result += " \(name)=\"\(Self.escaped(value))\""
        }
    }

    /// Without what is a command to HTML, to a terminal, or to the order of letters on a line.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n": result += "\n"
            case "\0"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{200b}"..."\u{200f}",
                "\u{2028}"..."\u{202e}", "\u{2066}"..."\u{2069}", "\u{feff}", "\u{fffe}",
                "\u{ffff}":
                result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
