import ArgumentParser
import FoundationEssentials
import VaultAPI
import VaultClient

/// `vaultctl deny`: takes a permission back.
struct DenyCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny",
        abstract: "Take back what 'vaultctl allow' gave a principal.",
        usage: "vaultctl deny \(GrantArguments.usage)",
        discussion: """
            Takes back a permission for exactly these keys: there are no rules that forbid. Says \
            when other rules, of this principal or of its roles, still allow it. Open watches end \
            when they are no longer allowed. Exits with 3 when there was no such permission.

            EXAMPLES
              vaultctl deny uid:1000 read app/web/ --prefix
              vaultctl deny unit:web.service get db/password
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var grant: GrantArguments

    func request(_ range: KeyRange) -> Vault_V1_DenyRequest {
        var request = Vault_V1_DenyRequest()
        request.principal = grant.principal
        request.action = grant.action.message
        request.key = Data(range.key)
        request.rangeEnd = Data(range.end)
        return request
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        try await grant.change(options.output, &output) { range in
            do throws(VaultClientError) {
                return try await vault.deny(request(range))
            } catch {
                throw failure(after: error, range: range)
            }
        } sentence: { range, response in
            sentence(response, range: range)
        } json: { range, response, json in
            grant.write(range, to: &json)
            json.field("still_allowed", response.stillAllowed)
            json.field("auth_revision", response.authRevision)
        }
        return .done
    }

    func sentence(_ response: Vault_V1_DenyResponse, range: KeyRange) -> String {
        let what = "\(grant.action.rawValue) \(range.shown)"
        guard response.stillAllowed else { return "\(grant.principal) may no longer \(what)" }
        return "took the permission back; other rules still let \(grant.principal) \(what),"
            + " all or part of it: see 'vaultctl policy explain \(grant.principal)"
            + " \(grant.action.rawValue) \(range.words)'"
    }

    /// A principal that was never allowed anything has no user and no role: the same to whoever
    /// asks.
    func failure(after error: VaultClientError, range: KeyRange) -> CommandFailure {
        let isAbsent = ["permission is not granted to the role", "name not found"]
            .contains { error.message.hasSuffix($0) }
        guard isAbsent else { return CommandFailure(error) }
        return CommandFailure(
            .notFound,
            "\(grant.principal) has no permission to \(grant.action.rawValue) exactly"
                + " \(range.shown)",
            nextStep: "see 'vaultctl role show \(grant.principal)'")
    }
}
