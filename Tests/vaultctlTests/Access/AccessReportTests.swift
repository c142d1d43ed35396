import FoundationEssentials
import Testing
import VaultAPI

@testable import vaultctl

@Suite struct AccessReportTests {
    private func json(_ body: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        body(&json)
        return String(decoding: json.take(), as: UTF8.self)
    }

    private func explained(allowed: Bool) -> Vault_V1_ExplainResponse {
        var rule = Vault_V1_Rule()
        rule.user = "uid:1000"
        rule.role = "web"
        rule.permission = "read"
        rule.key = Data("app/".utf8)
        rule.rangeEnd = Data("app0".utf8)
        var root = Vault_V1_Rule()
        root.user = "uid:1000"
        root.role = "root"
        root.permission = "root"
        root.rangeEnd = Data([0])
        var response = Vault_V1_ExplainResponse()
        response.allowed = allowed
        response.reason = "role web covers it"
        response.rules = [rule, root]
        return response
    }

    @Test(
        arguments: [
            ("a", "", "a"), ("a b", "", "'a b'"), ("a\u{1b}", "", #"'a\u{1b}'"#),
            ("app/", "app0", "app/ --prefix"), ("a", "\0", "a --from-key"),
            ("a", "cd", "a --range-end cd"), ("\0", "\0", "every key"), ("", "\0", "every key"),
        ] as [(String, String, String)])
    func rangeIsShownAsItIsTyped(key: String, end: String, shown: String) {
        #expect(KeyRange(key: key.utf8, end: end.utf8).shown == shown)
    }

    @Test func everyKeyIsTypedAsAnEmptyPrefix() {
        #expect(KeyRange(prefix: "".utf8).words == "'' --prefix")
    }

    @Test func explanationIsASentenceAndATable() {
        #expect(
            ExplainReport.table(explained(allowed: true)) == """
                yes: role web covers it

                USER      ROLE  PERMISSION  KEYS
                uid:1000  web   read        app/ --prefix
                uid:1000  root  root        every key

                """)
        var refused = Vault_V1_ExplainResponse()
        refused.reason = "no rule\u{1b}[2J"
        #expect(ExplainReport.table(refused) == "no: no rule\\u{1b}[2J\n")
    }

    @Test func explanationIsADocument() {
        let need = AccessNeed(action: .read, range: KeyRange(key: "app/x".utf8))
        var response = explained(allowed: false)
        response.rules.removeLast()
        let text = json { json in
            json.object {
                ExplainReport.write(response, who: ["uid:1000"], need: need, to: &$0)
            }
        }
        #expect(
            text == """
                {"principals":["uid:1000"],"action":"read","key":"app/x","key_encoding":"utf-8",\
                "range_end":null,"allowed":false,"reason":"role web covers it","rules":[\
                {"user":"uid:1000","role":"web","permission":"read","key":"app/",\
                "key_encoding":"utf-8","range_end":"app0","range_end_encoding":"utf-8"}]}
                """)
    }

    @Test func callerSeesWhatTheVaultSees() {
        var response = Vault_V1_WhoAmIResponse()
        response.principals = ["uid:1000", "user:alice"]
        response.users = ["uid:1000"]
        response.pid = 7
        #expect(
            WhoAmICommand.fields(response) == """
                principals     uid:1000
                               user:alice
                users          uid:1000
                roles          -
                administrator  no
                process        7

                """)
        response.account = "bob"
        #expect(WhoAmICommand.fields(response).contains("logged in      as bob\n"))
        response.account = ""
        #expect(
            json { WhoAmICommand.write(response, to: &$0) }
                == #"{"principals":["uid:1000","user:alice"],"account":null,"#
                + #""users":["uid:1000"],"roles":[],"administrator":false,"pid":7}"#)
    }

    private func permission(
        _ type: Authpb_Permission.TypeEnum, _ key: String, _ end: String
    ) -> Authpb_Permission {
        var permission = Authpb_Permission()
        permission.permType = type
        permission.key = Data(key.utf8)
        permission.rangeEnd = Data(end.utf8)
        return permission
    }

    @Test func roleHasALineForEachPermission() {
        let roles = [
            RoleListing(
                name: "web",
                permissions: [permission(.get, "a", ""), permission(.readwrite, "b/", "b0")]),
            RoleListing(name: "idle", permissions: []),
            RoleListing.missing("root"),
        ]
        #expect(
            RoleListing.table(roles) == """
                ROLE  PERMISSION  KEYS
                web   get         a
                web   readwrite   b/ --prefix
                idle  -           -
                root  readwrite   every key

                """)
        #expect(
            json { roles[0].write(to: &$0) } == """
                {"role":"web","permissions":[{"permission":"get","key":"a",\
                "key_encoding":"utf-8","range_end":null},{"permission":"readwrite","key":"b/",\
                "key_encoding":"utf-8","range_end":"b0","range_end_encoding":"utf-8"}]}
                """)
    }

    @Test func usersAreToldApartByHowTheyAreKnown() {
        #expect(
            UserListCommand.table([("alice", ["web", "db"]), ("uid:5", [])]) == """
                USER   KNOWN BY  ROLES
                alice  password  web, db
                uid:5  kernel    -

                """)
    }

    @Test func takingBackSaysWhatIsStillAllowed() async throws {
        let deny = try await CommandLineWords.parse(
            DenyCommand.self, ["deny", "uid:5", "read", "a/", "--prefix"])
        let range = try deny.grant.ranges()[0]
        var response = Vault_V1_DenyResponse()
        #expect(deny.sentence(response, range: range) == "uid:5 may no longer read a/ --prefix")
        response.stillAllowed = true
        #expect(
            deny.sentence(response, range: range)
                .hasSuffix("see 'vaultctl policy explain uid:5 read a/ --prefix'"))
    }
}
