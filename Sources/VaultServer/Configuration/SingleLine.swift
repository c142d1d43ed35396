/// Other people's error text as part of ours: one line, no final period.
func singleLine(_ text: String) -> String {
    var line = String(text.map { $0.isNewline ? " " : $0 })
    while let last = line.last, last == "." || last == " " { line.removeLast() }
    return line
}
