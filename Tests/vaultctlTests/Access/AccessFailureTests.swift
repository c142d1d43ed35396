import ArgumentParser
import Testing
import VaultClient

@testable import vaultctl

@Suite struct AccessFailureTests {
    private func failure(_ message: String) -> CommandFailure {
        AccessFailure.failure(
            after: VaultClientError(.invalidRequest, "etcdserver: " + message), user: "alice",
            role: "web", range: KeyRange(prefix: "a/".utf8))
    }

    @Test(
        arguments: [
            ("user name not found", .notFound, "there is no user alice"),
            ("user name already exists", .failed, "user alice exists already"),
            ("role name not found", .notFound, "there is no role web"),
            ("role name already exists", .failed, "role web exists already"),
            ("role is not granted to the user", .notFound, "alice does not have role web"),
            ("permission is not granted to the role", .notFound, "exactly a/ --prefix"),
            ("root user does not exist", .failed, "vaultctl user add root"),
            ("root user does not have root role", .failed, "vaultctl user grant root root"),
            ("invalid auth management", .failed, "keeps role root"),
            ("anything else", .failed, "etcdserver: anything else"),
        ] as [(String, vaultctl.ExitStatus, String)])
    func refusalNamesWhatIsMeant(message: String, status: vaultctl.ExitStatus, text: String) {
        #expect(failure(message).status == status)
        #expect(failure(message).description.contains(text))
    }

    @Test func loginThatFailedDoesNotSayWhichPartWasWrong() {
        let denied = AccessFailure.login(
            VaultClientError(.denied, "etcdserver: authentication failed, ..."), as: "alice")
        #expect(denied.status == .denied)
        #expect(denied.message == "cannot log in as alice: wrong name or password")
        let off = AccessFailure.login(
            VaultClientError(.invalidRequest, "etcdserver: authentication is not enabled"),
            as: "alice")
        #expect(off.nextStep.contains("vaultctl login enable"))
        let sealed = VaultClientError(.sealed, "vaultd: sealed", nextStep: "unseal it")
        #expect(AccessFailure.login(sealed, as: "alice") == CommandFailure(sealed))
    }

    private let denial = VaultClientError(
        .denied, "etcdserver: permission denied", nextStep: "ask")

    private func explained(
        _ error: any Error, _ needs: [AccessNeed], user: String? = nil
    ) -> String {
        "\(AccessNeed.explaining(error, needs: needs, user: user, userID: 1000))"
    }

    @Test func refusalSaysWhatToAskFor() async throws {
        let list = try await CommandLineWords.parse(ListCommand.self, ["list", "app/web/"])
        #expect(
            explained(denial, list.needs)
                == "etcdserver: permission denied; ask an administrator for: "
                + "vaultctl allow uid:1000 read app/web/ --prefix")
        #expect(explained(CommandFailure(denial), list.needs) == explained(denial, list.needs))
    }

    @Test(
        arguments: [
            (["get", "k"], "allow uid:1000 get k"), (["put", "k"], "allow uid:1000 write k"),
            (["del", "k", "--prefix"], "allow uid:1000 write k --prefix"),
            (["del", "", "--prefix"], "allow uid:1000 write '' --prefix"),
            (["history", "a b"], "allow uid:1000 read 'a b'"),
            (["watch", "k"], "allow uid:1000 read k"),
            (
                ["undelete", "k"],
                "allow uid:1000 read k; vaultctl allow uid:1000 write k"
            ),
        ] as [([String], String)])
    func everyCommandKnowsWhatItNeeds(words: [String], text: String) async throws {
        let command = try await Vaultctl.asyncParseAsRoot(words)
        let needs = try #require(command as? any VaultCommand).needs
        #expect(explained(denial, needs).hasSuffix("for: vaultctl " + text))
    }

    /// A token alone decides: what the kernel sees of the caller would be of no use.
    @Test func userWithAPasswordAsksForARole() {
        let need = AccessNeed(action: .get, range: KeyRange(key: "k".utf8))
        #expect(
            explained(denial, [need], user: "bob")
                .hasSuffix("vaultctl role grant ROLE get k, with a ROLE of user bob"))
    }

    @Test func otherFailuresStayAsTheyAre() {
        let need = AccessNeed(action: .get, range: KeyRange(key: "k".utf8))
        let socket = VaultClientError(.denied, "no right to connect", nextStep: "x")
        #expect(explained(socket, [need]) == "no right to connect; x")
        #expect(explained(denial, []) == "etcdserver: permission denied; ask")
        let sealed = VaultClientError(.sealed, "vaultd: sealed", nextStep: "x")
        #expect(explained(sealed, [need]) == "vaultd: sealed; x")
    }
}
