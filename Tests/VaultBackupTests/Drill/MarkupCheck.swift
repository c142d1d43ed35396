/// Whether a document is well-formed as XML, after its doctype: what this program writes must be.
struct MarkupCheck {
    /// What is wrong; empty when nothing is.
    private(set) var complaints: [String] = []
    /// Names of all elements, in order.
    private(set) var elements: [String] = []
    /// Values of all attributes, with the entities resolved.
    private(set) var values: [String] = []
    /// All text outside of the style sheet, with the entities resolved.
    private(set) var text = ""

    private var open: [String] = []

    init(_ document: String) {
        var rest = document[...]
        if rest.hasPrefix("<!DOCTYPE html>") { rest = rest.dropFirst("<!DOCTYPE html>".count) }
        while let start = rest.firstIndex(of: "<") {
            take(text: rest[..<start])
            guard let end = rest[start...].firstIndex(of: ">") else {
                complaints.append("a tag without an end")
                return
            }
            take(tag: rest[rest.index(after: start)..<end])
            rest = rest[rest.index(after: end)...]
        }
        take(text: rest)
        if !open.isEmpty { complaints.append("never closed: \(open)") }
    }

    private mutating func take(text raw: Substring) {
        if raw.contains(">") && open.last != "style" { complaints.append("a bare >: \(raw)") }
        if open.last != "style" { text += resolve(raw) }
        if open.isEmpty && !raw.allSatisfy(\.isWhitespace) {
            complaints.append("text outside of the document")
        }
    }

    private mutating func take(tag: Substring) {
        if tag.hasPrefix("/") {
            let name = String(tag.dropFirst())
            if open.popLast() != name { complaints.append("</\(name)> closes something else") }
            return
        }
        let name = String(tag.prefix { $0 != " " })
        guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber }) else {
            return complaints.append("no element: <\(tag)>")
        }
        elements.append(name)
        var rest = tag.dropFirst(name.count)
        let isVoid = rest.hasSuffix(" /")
        if isVoid { rest = rest.dropLast(2) }
        while rest.first == " " {
            rest = rest.dropFirst()
            guard let equals = rest.firstIndex(of: "="), rest[equals...].dropFirst().first == "\"",
                let end = rest[equals...].dropFirst(2).firstIndex(of: "\"")
            else { return complaints.append("a bad attribute in <\(tag)>") }
            values.append(resolve(rest[equals...].dropFirst(2)[..<end]))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { complaints.append("more than attributes in <\(tag)>") }
        if !isVoid { open.append(name) }
    }

    private mutating func resolve(_ raw: Substring) -> String {
        var result = ""
        let parts = raw.split(separator: "&", omittingEmptySubsequences: false)
        result += parts.first ?? ""
        let known = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'"]
        for part in parts.dropFirst() {
            let name = part.prefix { $0 != ";" }
            guard let value = known[String(name)], part.count > name.count else {
                complaints.append("a bare &: \(part)")
                continue
            }
            result += value + part.dropFirst(name.count + 1)
        }
        return result
    }
}
