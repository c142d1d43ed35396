import ArgumentParser
import Testing

@testable import vaultctl

@Suite struct ParsingTests {
    private func parse<Command: ParsableCommand>(
        _ type: Command.Type, _ arguments: String...
    ) async throws -> Command {
        let command = try await Vaultctl.asyncParseAsRoot(arguments)
        return try #require(command as? Command)
    }

    /// The one line that a refused command line is answered with.
    private func refusal(_ arguments: String...) async -> String? {
        do {
            _ = try await Vaultctl.asyncParseAsRoot(arguments)
            return nil
        } catch {
            return Vaultctl.message(for: error)
        }
    }

    @Test func globalOptionsMayStandBeforeOrAfterTheCommand() async throws {
        let before = try await parse(
            GetCommand.self, "--socket", "/s", "-o", "json", "get", "k")
        let after = try await parse(GetCommand.self, "get", "k", "--socket", "/s", "-o", "json")
        for command in [before, after] {
            #expect(command.options.socketPath == "/s")
            #expect(command.options.output == .json)
        }
    }

    @Test func valueAsArgumentIsRefusedWithTheReasonAndWithoutRepeatingIt() async {
        let message = await refusal("put", "db/password", "hunter2")
        #expect(message?.contains("other users see it in ps") == true)
        #expect(message?.contains("hunter2") == false)
    }

    @Test(arguments: ["put", "get", "del", "history", "undelete", "watch"])
    func emptyKeyIsRefused(verb: String) async {
        #expect(await refusal(verb, "")?.hasPrefix("the key is empty") == true)
    }

    @Test func emptyPrefixIsAllowedForDel() async throws {
        #expect(try await parse(DeleteCommand.self, "del", "", "--prefix").prefix)
    }

    @Test func rawAndJSONExcludeEachOther() async {
        #expect(await refusal("get", "k", "--raw", "-o", "json") != nil)
        #expect(await refusal("-o", "json", "get", "k", "--raw") != nil)
    }

    @Test func emptyPrefixIsAllowedForWatch() async throws {
        #expect(try await parse(WatchCommand.self, "watch", "", "--prefix").prefix)
    }

    @Test func whatWasThereBeforeIsAValueToo() async {
        #expect(await refusal("watch", "k", "--previous", "--keys-only") != nil)
    }

    @Test(arguments: ["0", "-3", "x"])
    func revisionsStartAtOne(revision: String) async {
        #expect(await refusal("get", "k", "--revision=\(revision)") != nil)
        #expect(await refusal("watch", "k", "--revision=\(revision)") != nil)
        #expect(await refusal("compact", revision) != nil)
    }

    @Test func unsealTakesOneKey() async {
        #expect(await refusal("unseal", "--keyfile", "a", "--passphrase-file", "b") != nil)
    }

    @Test func listWithoutPrefixMeansEverything() async throws {
        #expect(try await parse(ListCommand.self, "list").prefix.isEmpty)
    }

    @Test(
        arguments: [
            ("694d7", 0x694D7), ("ffffffffffffffff", -1), ("0", nil), ("xyz", nil), ("+1", nil),
            ("-1", nil), ("11111111111111111", nil),
        ] as [(String, Int64?)])
    func leasesAreHexadecimal(argument: String, identifier: Int64?) {
        #expect(LeaseArgument(argument: argument)?.identifier == identifier)
    }

    @Test func completionKnowsWhichVaultIsMeant() {
        #expect(
            KeyCompletion.socketArguments(["vaultctl", "--socket", "/a", "get", "d"])
                == ["--socket", "/a"])
        #expect(
            KeyCompletion.socketArguments(["vaultctl", "get", "--socket=/a", "d"])
                == ["--socket=/a"])
        #expect(KeyCompletion.socketArguments(["vaultctl", "get", "--socket"]).isEmpty)
    }

    @Test(arguments: [
        " a", "a ", "a'b", "$(id)", "a\u{1b}", "a;b", "-n", "", "a\u{200D}b", "~", "*",
    ])
    func completionOffersNoNameThatAShellWouldTakeApart(name: String) {
        #expect(KeyCompletion.name(of: Array(name.utf8)) == nil)
    }

    @Test(arguments: ["a:b", "tls/key=1", "schlüssel", "mail@example.org", "a+b,c%d", "a b"])
    func completionOffersEveryNameThatMeansItself(name: String) {
        #expect(KeyCompletion.name(of: Array(name.utf8)) == name)
    }

    @Test(arguments: [
        ("/root/key", "/root/key"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("", "''"),
        ("-f", "'-f'"),
    ])
    func suggestedCommandsCanBeTypedAsShown(word: String, quoted: String) {
        #expect(ShellWord.quoted(word) == quoted)
    }
}
