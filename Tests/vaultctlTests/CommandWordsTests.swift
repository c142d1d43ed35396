import Testing

@testable import vaultctl

@Suite struct CommandWordsTests {
    private func step(_ words: String...) -> String? {
        CommandWords(words).failure?.nextStep
    }

    @Test func whatOtherProgramsSayIsUnderstood() {
        #expect(step("rm", "a") == "did you mean 'vaultctl del'?")
        #expect(step("exec") == "did you mean 'vaultctl run'?")
        #expect(step("role", "rm", "web") == "did you mean 'vaultctl role delete'?")
        #expect(step("keyslot", "delete", "3") == "did you mean 'vaultctl keyslot remove'?")
        #expect(step("backup", "ls") == "did you mean 'vaultctl backup list'?")
    }

    @Test func aSlipOfTheFingerIsUnderstood() {
        #expect(step("lst") == "did you mean 'vaultctl list'?")
        #expect(step("histroy", "k") == "did you mean 'vaultctl history'?")
    }

    @Test(
        arguments: [
            ("--json", "--user", "-o json"), ("--jsn", "--user", "-o json"),
            ("--prefx", "--prefix", "--prefix"), ("--rev", "--revision", "--revision"),
            ("--frob", "--user", nil),
        ] as [(String, String, String?)])
    func onlyAnOptionThatIsNearIsSuggested(typed: String, near: String, meant: String?) {
        let said = "Unknown option '\(typed)'"
        #expect(
            UnknownOption.corrected(said + ". Did you mean '\(near)'?")
                == said + (meant.map { ". Did you mean '\($0)'?" } ?? ""))
    }

    @Test func whatIsLikeNothingPointsToTheHelp() {
        #expect(step("frobnicate") == "see 'vaultctl --help'")
        #expect(step("backup", "frobnicate") == "see 'vaultctl help backup'")
    }

    @Test func optionsBeforeTheCommandAndTheirValuesAreNoCommands() {
        #expect(step("-o", "json", "--socket", "rm", "--user=ls", "get", "k") == nil)
        #expect(step("--socket", "s", "rm") == "did you mean 'vaultctl del'?")
    }

    @Test func argumentsOfACommandAreNoCommands() {
        #expect(step("get", "rm") == nil)
        #expect(step("run", "--env", "A=k", "--", "rm") == nil)
        #expect(step("help", "get") == nil)
        #expect(step() == nil)
    }

    @Test func theHelpOfTheCommandIsNamed() {
        #expect(CommandWords(["lease", "grant", "x"]).help == "see 'vaultctl help lease grant'")
        #expect(CommandWords(["--bogus"]).help == "see 'vaultctl --help'")
    }
}
