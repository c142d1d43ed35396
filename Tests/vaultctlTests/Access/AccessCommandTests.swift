import FoundationEssentials
import RPC
import Testing
import VaultAPI
import VaultTestSupport

@testable import vaultctl

/// Whole commands, with a vault that answers as it is told.
@Suite struct AccessCommandTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func refusal(_ text: String) -> FakeVault.Answer {
        .failure(Status(.failedPrecondition, "etcdserver: " + text))
    }

    @Test(arguments: [(true, vaultctl.ExitStatus.done, "yes"), (false, .denied, "no")])
    func scriptsTellYesFromNo(
        allowed: Bool, status: vaultctl.ExitStatus, word: String
    ) async throws {
        var response = Vault_V1_ExplainResponse()
        response.allowed = allowed
        response.reason = "because"
        let vault = try FakeVault([Methods.Access.explain: .success(response)])
        let can = try await vault.run("can", "uid:1", "alice", "get", "k")
        #expect(can.status == status)
        #expect(can.output == "\(word): because\n")
        let explain = try await vault.run("policy", "explain", "get", "k")
        #expect(explain.status == .done)
        let requests = try vault.requests(
            Methods.Access.explain, Vault_V1_ExplainRequest.self)
        #expect(requests.map(\.principals) == [["uid:1", "alice"], []])
        #expect(requests.allSatisfy { $0.action == .get && $0.key == Data("k".utf8) })
    }

    @Test func allowingTwiceSaysSo() async throws {
        var response = Vault_V1_AllowResponse()
        response.changed = true
        response.authRevision = 7
        let first = try FakeVault([Methods.Access.allow: .success(response)])
        #expect(
            try await first.run("allow", "uid:1", "read", "a/", "--prefix").output
                == "uid:1 may read a/ --prefix\n")
        let document = try await first.run("allow", "uid:1", "read", "a", "-o", "json").output
        #expect(
            document == #"{"principal":"uid:1","action":"read","key":"a","key_encoding":"utf-8","#
                + #""range_end":null,"changed":true,"auth_revision":7}"# + "\n")
        response.changed = false
        let second = try FakeVault([Methods.Access.allow: .success(response)])
        #expect(
            try await second.run("allow", "uid:1", "read", "a").output
                == "uid:1 may read a already\n")
    }

    @Test(arguments: [
        "permission is not granted to the role", "user name not found", "role name not found",
    ])
    func takingBackWhatIsNotThereIsNotFound(text: String) async throws {
        let vault = try FakeVault([Methods.Access.deny: refusal(text)])
        let outcome = try await vault.run("deny", "uid:1", "write", "a")
        #expect(outcome.failure?.status == .notFound)
        #expect(
            outcome.failure?.description
                == "uid:1 has no permission to write exactly a; see 'vaultctl role show uid:1'")
    }

    @Test func newUserHasThePasswordOfTheFile() async throws {
        let file = directory.file("p")
        try Files.write("hunter2\n", to: file)
        let vault = try FakeVault([
            Methods.Auth.userAdd: .success(Etcdserverpb_AuthUserAddResponse()),
            Methods.Auth.userChangePassword: .success(
                Etcdserverpb_AuthUserChangePasswordResponse()),
        ])
        let added = try await vault.run("user", "add", "alice", "--password-file", file)
        let principal = try await vault.run("user", "add", "uid:5", "-o", "json")
        let changed = try await vault.run("user", "password", "alice", "--password-file", file)
        #expect(principal.output == #"{"user":"uid:5","has_password":false}"# + "\n")
        let requests = try vault.requests(
            Methods.Auth.userAdd, Etcdserverpb_AuthUserAddRequest.self)
        #expect(requests.map(\.name) == ["alice", "uid:5"])
        #expect(requests.map(\.password) == ["hunter2", ""])
        #expect(requests.map(\.options.noPassword) == [false, true])
        #expect(
            try vault.requests(
                Methods.Auth.userChangePassword,
                Etcdserverpb_AuthUserChangePasswordRequest.self
            ).map(\.password) == ["hunter2"])
        #expect(![added, principal, changed].contains { $0.output.contains("hunter2") })
    }

    @Test func passwordFileThatOthersReadIsRefused() async throws {
        let file = directory.file("p")
        try Files.write("hunter2\n", to: file, mode: 0o644)
        let vault = try FakeVault([:])
        let outcome = try await vault.run("user", "add", "alice", "--password-file", file)
        #expect(outcome.failure?.message == "password file \(file) can be read by others")
    }

    @Test func usersAreShownWithWhatTheirRolesAllow() async throws {
        var users = Etcdserverpb_AuthUserListResponse()
        users.users = ["alice", "uid:5"]
        var roles = Etcdserverpb_AuthUserGetResponse()
        roles.roles = ["root"]
        let vault = try FakeVault([
            Methods.Auth.userList: .success(users), Methods.Auth.userGet: .success(roles),
            Methods.Auth.roleGet: refusal("role name not found"),
        ])
        #expect(
            try await vault.run("user", "list").output == """
                USER   KNOWN BY  ROLES
                alice  password  root
                uid:5  kernel    root

                """)
        #expect(
            try await vault.run("user", "show", "alice").output == """
                ROLE  PERMISSION  KEYS
                root  readwrite   every key

                """)
    }

    @Test func roleIsFoundOrNot() async throws {
        var permission = Authpb_Permission()
        permission.permType = .get
        permission.key = Data("k".utf8)
        var found = Etcdserverpb_AuthRoleGetResponse()
        found.perm = [permission]
        var names = Etcdserverpb_AuthRoleListResponse()
        names.roles = ["a", "b"]
        let vault = try FakeVault([
            Methods.Auth.roleGet: .success(found), Methods.Auth.roleList: .success(names),
        ])
        #expect(
            try await vault.run("role", "list").output
                == "ROLE  PERMISSION  KEYS\na     get         k\nb     get         k\n")
        let missing = try FakeVault([Methods.Auth.roleGet: refusal("role name not found")])
        #expect(try await missing.run("role", "show", "x").failure?.status == .notFound)
    }

    @Test func loginNeedsEtcdsRoot() async throws {
        let vault = try FakeVault([Methods.Auth.authEnable: refusal("root user does not exist")])
        let outcome = try await vault.run("login", "enable")
        #expect(outcome.failure?.nextStep == "type: vaultctl user add root")
    }

    @Test func logIsResumedOnlyWhenSomethingIsWrong() async throws {
        var state = Vault_V1_AuditStateResponse()
        state.path = "/d/audit.jsonl"
        var resumed = Vault_V1_ResumeResponse()
        resumed.sequence = 10
        let good = try FakeVault([
            Methods.Audit.state: .success(state), Methods.Audit.resume: .success(resumed),
        ])
        #expect(try await good.run("audit", "resume").failure?.status == .failed)
        #expect(try await good.run("audit", "status").status == .done)
        #expect(try good.requests(Methods.Audit.resume, Vault_V1_ResumeRequest.self).isEmpty)
        state.trouble = "it was removed"
        let broken = try FakeVault([
            Methods.Audit.state: .success(state), Methods.Audit.resume: .success(resumed),
        ])
        #expect(try await broken.run("audit", "status").status == .failed)
        let outcome = try await broken.run("audit", "resume", "-o", "json")
        #expect(
            outcome.output
                == #"{"path":"/d/audit.jsonl","trouble":"it was removed","sequence":10}"# + "\n")
    }
}
