import ArgumentParser
import FoundationEssentials
import SwiftProtobuf
import VaultAPI

struct IdleWatchers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch many keys that nobody writes, until killed; prints `ready` once it does.")

    @Option(help: "The server's UNIX socket.")
    var socket: String
    @Option(help: "How many watchers, a key each.")
    var watchers = 10_000
    @Option(help: "Connections of the watchers, a stream each.")
    var connections = 10

    func run() throws {
        var watchers = try Watchers(socket, connections: connections)
        try watchers.add(
            (0..<self.watchers).map { number in
                var request = Etcdserverpb_WatchCreateRequest()
                request.key = .init("bench/idle/\(number)".utf8)
                return request
            })
        StandardOutput.say("ready")
        while true {
            for index in UnixClient.wait(for: watchers.connections) {
                _ = try watchers.connections[index].receive { _, _ in }
            }
        }
    }
}
