/// `text` with line breaks as spaces, for messages of one line.
func singleLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
}
