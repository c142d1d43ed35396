import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl audit status`: how the log is.
struct AuditStatusCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the log is.",
        discussion: """
            Exits with 1 when requests are refused because something is wrong with the log, and \
            says what. The hash is that of the last line: kept elsewhere, it proves later that \
            nothing before it was changed.

            EXAMPLES
              vaultctl audit status
              vaultctl -o json audit status | jq -r .hash
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let state = try await vault.auditState()
        switch options.output {
        case .table: try output.write(Self.fields(state))
        case .json:
            var json = JSONWriter()
            Self.write(state, to: &json)
            try output.write(document: &json)
        }
        return state.trouble.isEmpty ? .done : .failed
    }

    static func fields(_ state: Vault_V1_AuditStateResponse) -> String {
        var fields = FieldList()
        let trouble = TerminalText.escaped(state.trouble.utf8)
        fields.add("state", trouble.isEmpty ? "good" : "requests are refused: \(trouble)")
        fields.add("file", TerminalText.escaped(state.path.utf8))
        fields.add("last line", String(state.sequence))
        fields.add("hash", state.hash.isEmpty ? "-" : TerminalText.escaped(state.hash.utf8))
        fields.add("size", Quantity.bytes(state.bytes))
        fields.add("set aside", Quantity.bytes(state.reserveBytes))
        return fields.rendered()
    }

    static func write(_ state: Vault_V1_AuditStateResponse, to json: inout JSONWriter) {
        json.object {
            $0.field("path", state.path)
            $0.field("sequence", state.sequence)
            $0.field("hash", state.hash)
            $0.name("trouble")
            if state.trouble.isEmpty { $0.null() } else { $0.string(state.trouble) }
            $0.field("bytes", state.bytes)
            $0.field("reserve_bytes", state.reserveBytes)
        }
    }
}
