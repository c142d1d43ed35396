import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl rewrap`: everything under the newest data key.
struct RewrapCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "rewrap",
        abstract: "Seal older records again under the newest data key, and forget the others.",
        discussion: """
            It is done in the background, at a rate that leaves room for requests, and goes on \
            when this command ends and after a restart. Older data keys are forgotten when \
            nothing is under them any more. Old pages stay in the file until 'vaultctl defragment'.

            EXAMPLES
              vaultctl rewrap
              vaultctl rewrap --rate 50000   records a second
              vaultctl rewrap --status       what is under which key
            """)

    @OptionGroup var options: GlobalOptions

    @Flag(name: .long, help: "Only say how far it is, and what is under which key.")
    var status = false

    @Flag(name: .long, help: "End what is under way; what was done stays so.")
    var stop = false

    @Option(name: .long, help: "Records a second, at most.")
    var rate: UInt32?

    func validate() throws {
        guard [status, stop, rate != nil].count(where: { $0 }) < 2 else {
            throw CommandFailure(
                .usage, "--status, --stop and --rate exclude each other",
                nextStep: "give one of them")
        }
        guard rate != 0 else {
            throw CommandFailure(
                .usage, "--rate 0 would never end", nextStep: "end a rewrap with --stop")
        }
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let report = try await report(from: vault)
        switch options.output {
        case .table: try output.write(text(report))
        case .json:
            var json = JSONWriter()
            Self.write(report, to: &json)
            try output.write(document: &json)
        }
        return .done
    }

    private func report(
        from vault: VaultConnection
    ) async throws -> Vault_V1_RewrapProgress {
        if status { return try await vault.rewrapStatus() }
        var request = Vault_V1_RewrapRequest()
        request.rate = rate ?? 0
        request.stop = stop
        let line = PercentLine(what: "rewrapping")
        let last: Vault_V1_RewrapProgress
        do {
            last = try await vault.rewrap(request) {
                line.show(Int64(clamping: $0.done), of: Int64(clamping: $0.total))
            }
            line.clear()
        } catch {
            line.clear()
            throw error
        }
        return last
    }

    private func text(_ report: Vault_V1_RewrapProgress) -> String {
        let rows = report.dataKeys.map { key in
            [
                "\(key.number)", Quantity.time(key.created * 1_000), "\(key.records)",
            ]
        }
        var table = Table([
            .init(title: "DATA KEY", alignment: .right), .init(title: "MADE"),
            .init(title: "RECORDS", alignment: .right),
        ])
        return headline(report) + "\n" + table.rendered(rows)
    }

    private func headline(_ report: Vault_V1_RewrapProgress) -> String {
        if report.running { return "rewrapping: \(report.done) of \(report.total) records" }
        if stop { return "stopped" }
        let isDone = report.dataKeys.count < 2
        return isDone ? "everything is under the newest data key" : "not running"
    }

    private static func write(
        _ report: Vault_V1_RewrapProgress, to json: inout JSONWriter
    ) {
        json.object {
            $0.field("running", report.running)
            $0.field("done", Int64(clamping: report.done))
            $0.field("total", Int64(clamping: report.total))
            $0.field(
                "data_keys",
                array: { json in
                    for key in report.dataKeys {
                        json.object {
                            $0.field("number", Int64(key.number))
                            $0.field("created_ms", key.created * 1_000)
                            $0.field("records", Int64(clamping: key.records))
                        }
                    }
                })
        }
    }
}
