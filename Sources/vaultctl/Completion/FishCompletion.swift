/// The completion script for fish. The parser's knows nothing of the program that `run` starts, nor
/// of what there is help for.
enum FishCompletion {
    private static let start = "complete -c 'vaultctl' -f"

    /// The parser's script, with what it lacks.
    static func completed(_ script: String) -> String {
        guard script.hasPrefix("function __vaultctl_") else { return script }
        return script.replacing(start + "\n", with: all)
    }

    private static var all: String {
        [program, HelpCompletion.fishFunction, start, offering, topics, ""].joined(separator: "\n")
    }

    private static let topics = #"""
        complete -c 'vaultctl' -n 'contains help (commandline -opc)[2]' \
            -fa '(string split " " -- (__vaultctl_topics (commandline -opc)[3..]))'
        """#

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
