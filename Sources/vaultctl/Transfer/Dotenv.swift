/// What reader and writer of dotenv files agree on.
enum Dotenv {
    /// What has a meaning between double quotes, where it is no text: `"`, `\`, `$` and the
    /// backquote.
    static let meaningful = Array("\"\\$`".utf8)
}
