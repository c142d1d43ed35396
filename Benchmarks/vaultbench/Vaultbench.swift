import Glibc
import VaultTestSupport

/// vaultd beside etcd, in one run on one machine.
@main
struct Vaultbench {
    static func main() async {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            switch arguments.first {
            case "scan" where arguments.count == 2: try await scan(arguments[1])
            case "guess" where arguments.count == 2: try await guess(arguments[1])
            default: try await compare(try Options(arguments))
            }
        } catch {
            Output.line("vaultbench: \(error)", to: STDERR_FILENO)
            exit(1)
        }
    }

    private static func compare(_ options: Options) async throws {
        var report = try Report()
        Output.line(report.setting)
        Output.line(Report.header)
        var etcd = try Contender.etcd()
        var vaultd = try Contender.vaultd()
        try await RateStage(requests: options.requests)
            .run(vaultd: vaultd, etcd: etcd, into: &report)
        // Fresh stores: the history of the first stage is not the load of the second.
        etcd = try Contender.etcd()
        vaultd = try Contender.vaultd()
        try await SizeStage(keys: options.keys).run(vaultd: &vaultd, etcd: &etcd, into: &report)
        try await CrowdStage(keys: options.keys, seconds: options.seconds)
            .run(vaultd: vaultd, etcd: etcd, into: &report)
        if let path = options.jsonPath { try Files.write(report.json, to: path, mode: 0o644) }
    }

    /// Reads every key, again and again; a line for each time.
    private static func scan(_ socket: String) async throws {
        let client = try await BenchClient(socket)
        while true { Output.line("\(try await client.rangeBytes(BenchClient.everything()))") }
    }

    /// Tries a wrong passphrase, again and again; a line for each time.
    private static func guess(_ socket: String) async throws {
        let client = try await BenchClient(socket)
        while true {
            do {
                try await client.unsealWrongly()
                throw BenchFailure("the wrong passphrase was accepted")
            } catch let failure as BenchFailure {
                throw failure
            } catch {
                Output.line("\(error)")
            }
        }
    }
}
