import FoundationEssentials
import Testing
import VaultAPI
import VaultClient

@testable import vaultctl

@Suite struct AccessParsingTests {
    private func parse<Command: VaultCommand>(
        _ type: Command.Type, _ line: String...
    ) async throws -> Command {
        try await CommandLineWords.parse(type, line)
    }

    private func refusal(_ line: String...) async -> String? {
        await CommandLineWords.refusal(line)
    }

    @Test(arguments: [
        ("uid:01000", "write uid:1000"), ("uid:alice", "write user:alice"),
        ("gid:staff", "write group:staff"), ("UID:5", "write uid:5"),
        ("Unit:web.service", "write unit:web.service"), ("unit:web", "write unit:web.service"),
        ("unit:web.socket", "such as web.service"), ("unit:", "such as web.service"),
        ("uid:", "a number from 0 to 4294967294"), ("uid:-1", "a number from 0 to 4294967294"),
        ("gid:4294967295", "a number from 0 to 4294967294"),
        ("user:", "letters, digits"), ("group:a b", "letters, digits"),
        ("host:x", "write uid:N, user:NAME, gid:N, group:NAME or unit:NAME.service"),
        ("alice", "'vaultctl role grant'"), ("", "'vaultctl role grant'"),
    ])
    func wrongPrincipalIsRefusedWithWhatIsRight(name: String, advice: String) async {
        for verb in ["allow", "deny"] {
            #expect(await refusal(verb, name, "read", "k")?.contains(advice) == true)
        }
    }

    @Test(arguments: [
        "uid:0", "user:alice", "gid:1000", "group:_x", "unit:a@b.service", "user:machine$",
    ])
    func principalIsTakenAsItIs(name: String) async throws {
        let allow = try await parse(AllowCommand.self, "allow", name, "write", "k")
        #expect(try allow.request(allow.grant.ranges()[0]).principal == name)
    }

    @Test func nameOfDigitsIsTakenAndDoubted() throws {
        #expect(
            try PrincipalName.doubt(PrincipalName.parse("user:1000"))?.contains("uid:1000") == true)
        #expect(try PrincipalName.doubt(PrincipalName.parse("group:7"))?.contains("gid:7") == true)
        for name in ["user:alice", "uid:1000", "gid:7", "unit:1.service"] {
            #expect(try PrincipalName.doubt(PrincipalName.parse(name)) == nil)
        }
    }

    @Test(
        arguments: [
            (["a"], "a", ""), (["a/", "--prefix"], "a/", "a0"), (["", "--prefix"], "\0", "\0"),
            (["a", "--from-key"], "a", "\0"), (["", "--from-key"], "\0", "\0"),
            (["a", "--range-end", "c"], "a", "c"), (["", "--range-end", "c"], "\0", "c"),
        ] as [([String], String, String)])
    func rangesAreThoseOfEtcd(words: [String], key: String, end: String) async throws {
        let line = ["allow", "uid:1", "get"] + words
        let allow = try await CommandLineWords.parse(AllowCommand.self, line)
        let request = try allow.request(allow.grant.ranges()[0])
        #expect(request.action == .get)
        #expect(request.key == Data(key.utf8))
        #expect(request.rangeEnd == Data(end.utf8))
        let deny = try await CommandLineWords.parse(DenyCommand.self, ["deny"] + line.dropFirst())
        let opposite = try deny.request(deny.grant.ranges()[0])
        #expect(opposite.key == request.key && opposite.rangeEnd == request.rangeEnd)
    }

    @Test(
        arguments: [
            [""], ["b", "--range-end", "a"], ["b", "--range-end", "b"], ["b", "--range-end", ""],
            ["b", "--prefix", "--from-key"], ["b", "--prefix", "--range-end", "c"],
        ])
    func rangeWithoutKeysIsRefused(words: [String]) async {
        #expect(await CommandLineWords.refusal(["allow", "uid:1", "get"] + words) != nil)
        #expect(await CommandLineWords.refusal(["role", "grant", "r", "get"] + words) != nil)
        #expect(await CommandLineWords.refusal(["role", "revoke", "r"] + words) != nil)
        #expect(await CommandLineWords.refusal(["can", "uid:1", "get"] + words) != nil)
    }

    @Test func severalPrincipalsAreOneQuestion() async throws {
        let can = try await parse(
            CanCommand.self, "can", "uid:1", "gid:2", "read", "a/", "--prefix")
        let (who, need) = try can.question.parsed()
        let request = AccessQuestion.request(who, need)
        #expect(request.principals == ["uid:1", "gid:2"])
        #expect(request.action == .read)
        #expect(request.key == Data("a/".utf8) && request.rangeEnd == Data("a0".utf8))
    }

    @Test func keyMayBeCalledLikeAnAction() async throws {
        let can = try await parse(CanCommand.self, "can", "alice", "read", "write")
        let (who, need) = try can.question.parsed()
        #expect(who == ["alice"])
        #expect(need == AccessNeed(action: .read, range: KeyRange(key: "write".utf8)))
    }

    @Test func callerIsMeantWhereNobodyIsNamed() async throws {
        let explain = try await parse(
            PolicyExplainCommand.self, "policy", "explain", "write", "k")
        #expect(try explain.question.parsed().who.isEmpty)
        #expect(await refusal("can", "read", "k")?.contains("policy explain") == true)
    }

    @Test func questionHasAnActionAndAKey() async {
        #expect(await refusal("can", "uid:1", "k")?.contains("read, write or get") == true)
        #expect(await refusal("policy", "explain", "read") != nil)
        #expect(await refusal("can", "uid:01", "read", "k")?.contains("write uid:1") == true)
    }

    @Test(arguments: [
        ("read", Authpb_Permission.TypeEnum.read), ("write", .write), ("readwrite", .readwrite),
        ("get", .get),
    ])
    func roleIsGrantedOneOfFour(word: String, type: Authpb_Permission.TypeEnum) async throws {
        let grant = try await parse(
            RoleGrantCommand.self, "role", "grant", "r", word, "a/", "--prefix")
        let permission = try grant.message(grant.keys.range(from: grant.key))
        #expect(permission.permType == type)
        #expect(permission.key == Data("a/".utf8) && permission.rangeEnd == Data("a0".utf8))
    }

    @Test func principalNeedsNoPassword() async throws {
        let user = try await parse(UserAddCommand.self, "user", "add", "uid:5")
        #expect(user.request(nil).options.noPassword)
        #expect(!user.hasPassword)
        #expect(await refusal("user", "add", "uid:5", "--password-file", "f") != nil)
        #expect(await refusal("user", "password", "uid:5")?.contains("kernel") == true)
    }

    @Test func nameThatLooksLikeAPrincipalIsNoUser() async {
        #expect(await refusal("user", "add", "uid:05")?.contains("write uid:5") == true)
        #expect(await refusal("user", "add", "") != nil)
    }

    @Test func userHasAPasswordUnlessToldOtherwise() async throws {
        let user = try await parse(UserAddCommand.self, "user", "add", "alice")
        #expect(user.hasPassword)
        let request = user.request(Login(name: "alice", password: "p"))
        #expect(request.name == "alice" && request.password == "p")
        #expect(!request.options.noPassword)
        #expect(
            try await !parse(UserAddCommand.self, "user", "add", "a", "--no-password").hasPassword)
        #expect(await refusal("user", "add", "a", "--no-password", "--password-file", "f") != nil)
    }

    @Test func passwordAsArgumentIsRefusedWithoutRepeatingIt() async {
        let message = await refusal("--user", "alice:hunter2", "get", "k")
        #expect(message?.contains("--user-password-file") == true)
        #expect(message?.contains("hunter2") == false)
        #expect(await refusal("user", "password", "alice", "hunter2") != nil)
    }

    @Test func passwordFileNeedsAUser() async {
        #expect(await refusal("get", "k", "--user-password-file", "f") != nil)
        #expect(await refusal("get", "k", "--user", "") != nil)
    }

    @Test func userMayStandBeforeOrAfterTheCommand() async throws {
        let before = try await parse(
            RoleListCommand.self, "--user", "a", "--user-password-file", "f", "role", "list")
        let after = try await parse(
            RoleListCommand.self, "role", "list", "--user", "a", "--user-password-file", "f")
        for command in [before, after] {
            #expect(command.options.user == "a")
            #expect(command.options.userPasswordFile == "f")
        }
    }

    @Test func administratorsArePrincipals() async throws {
        let command = try await parse(
            InitCommand.self, "init", "--administrator", "uid:5", "--administrator", "group:wheel")
        #expect(command.administrator == ["uid:5", "group:wheel"])
        let plan = InitPlan(administrators: command.administrator)
        #expect(plan.request.administrators == ["uid:5", "group:wheel"])
        #expect(await refusal("init", "--administrator", "bob")?.contains("user:NAME") == true)
    }

    @Test func completionAsksAsTheUserOfTheLine() {
        let line = ["vaultctl", "--user=a", "get", "--user-password-file", "f", "d"]
        #expect(
            CompletionVault.loginArguments(line) == ["--user", "a", "--user-password-file", "f"])
        #expect(CompletionVault.loginArguments(["vaultctl", "--user", "a", "get"]).isEmpty)
    }
}
