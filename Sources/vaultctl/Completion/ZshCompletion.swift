/// The completion script for zsh. The parser's takes what follows a colon in a name for its
/// explanation, and knows nothing of the program that `run` starts.
enum ZshCompletion {
    private static let describing = #"__vaultctl_complete "${completions[@]:0:-1}""#
    private static let adding = #"""
        completions=("${(@)completions[@]:0:-1}")
                compadd -S '' -- "${(@M)completions:#*[/:]}"
                compadd -- "${(@)completions:#*[/:]}"
        """#

    private static let help = "_vaultctl_help() {"
    private static let offering =
        #"    compadd -- ${=$(__vaultctl_topics "${command_line[3,current_word_index]}")}"#

    /// The parser's script, with what it lacks.
    static func completed(_ script: String) -> String {
        guard script.hasPrefix("#compdef vaultctl") else { return script }
        return script.replacing(describing, with: adding)
            .replacing("'*:command:'", with: "'*:::command:_normal'")
            .replacing(help, with: HelpCompletion.function + "\n" + help + "\n" + offering)
    }
}
