/// What somebody meant who has edited a value.
enum EditOutcome: Equatable {
    case unchanged
    /// All of it is gone: rather an accident of the editor's than a value.
    case emptied
    case changed

    /// - Parameters:
    ///   - edited: what the editor has left; it loses the newline that is the editor's.
    ///   - keepsNewline: whether that newline is meant.
    init(
        from original: borrowing SecretBuffer, to edited: inout SecretBuffer, keepsNewline: Bool
    ) {
        // Editors end each line, also the last one of a value that had no newline there.
        if !keepsNewline, !original.endsLine { edited.removeTrailingNewline() }
        if original.isEqual(to: edited) {
            self = .unchanged
        } else {
            self = edited.isEmpty ? .emptied : .changed
        }
    }
}
