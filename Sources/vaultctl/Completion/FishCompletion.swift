/// The completion script for fish. The parser's knows nothing of the program that `run` starts.
enum FishCompletion {
    private static let start = "complete -c 'vaultctl' -f"

    /// The parser's script, with what it lacks.
    static func completed(_ script: String) -> String {
        guard script.hasPrefix("function __vaultctl_") else { return script }
        return script.replacing(start + "\n", with: program + "\n" + start + "\n" + offering + "\n")
    }

    private static let program = #"""
        function __vaultctl_program
            set -l tokens (__vaultctl_tokens -pc)
            set -l index (contains -i -- -- $tokens); or return 1
            contains -- run $tokens[..$index]; or return 1
            set -l words (string escape -- $tokens[(math $index + 1)..])
            complete -C (string join ' ' -- $words "$(commandline -ct)")
        end

        """#

    private static let offering =
        "complete -c 'vaultctl' -n 'contains -- -- (commandline -opc)' -fa '(__vaultctl_program)'"
}
