/// What the parser says of an option that there is not. It suggests whichever is nearest, however
/// far that is.
enum UnknownOption {
    /// The sentence with a suggestion that somebody may have meant, or with none.
    static func corrected(_ message: String) -> String {
        guard
            let match = message.wholeMatch(
                of: #/(Unknown option '(-[^']*)'). Did you mean '(-[^']*)'\?/#)
        else {
            let isJSON = message.hasPrefix("Unknown option '--json'")
            return isJSON ? "Unknown option '--json'. Did you mean '-o json'?" : message
        }
        let (typed, suggested) = (String(match.2), String(match.3))
        // As many programs have it.
        if CommandWords.distance(typed.lowercased(), "--json") <= 1 {
            return "\(match.1). Did you mean '-o json'?"
        }
        let isNear =
            suggested.hasPrefix(typed) || CommandWords.distance(typed, suggested) <= 2
        return isNear ? message : String(match.1)
    }
}
