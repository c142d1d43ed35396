import ArgumentParser
import NIOCore
import NIOPosix
import RPC
import VaultAPI

/// The load and the measurements that h2load cannot make. Speaks etcd's API, so that each command
/// runs against vaultd and etcd alike. Each prints one number, or a few, on one line.
@main
struct Vaultbench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vaultbench",
        abstract: "Measures vaultd, or etcd, over its UNIX socket.",
        discussion: "Used by Benchmarks/run.sh; see docs/benchmarks.md.",
        subcommands: [
            Frames.self, Load.self, Revision.self, FirstRead.self, Count.self, ReadAll.self,
            Latency.self, WrongUnseal.self, WatchDelivery.self, IdleWatchers.self, PutLatency.self,
            Replay.self, Expiry.self, Sleeper.self, AuditCost.self, Grants.self, LogIn.self,
            ShamirTiming.self,
        ])
}

struct Target: ParsableArguments {
    @Option(help: "The server's UNIX socket.")
    var socket: String

    func connect() async throws -> Client {
        // A read of a million keys is one message of a quarter of a gigabyte.
        var limits = ClientLimits()
        limits.messageBytesMax = 1 << 30
        return try await Client.connect(
            socketPath: socket, group: MultiThreadedEventLoopGroup.singleton, limits: limits)
    }
}

extension Duration {
    var microseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1e6 + Double(attoseconds) / 1e12
    }

    var secondsText: String { decimal(microseconds / 1e6) }
    var microsecondsText: String { decimal(microseconds) }
}

/// Three decimals, without Foundation.
func decimal(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    let fraction = String(1000 + thousandths % 1000).dropFirst()
    return "\(thousandths / 1000).\(fraction)"
}
