import Glibc
import RPC

/// Where the daemon listens: on the sockets that systemd passed, or on its own.
enum Listening {
    static func sockets(_ configuration: ServerConfiguration) throws(DaemonError) -> [ListeningSocket] {
        do throws(ListenError) {
            let inherited = try ListeningSocket.inherited()
            if !inherited.isEmpty { return inherited }
            return [
                try ListeningSocket.bind(
                    path: configuration.socket, mode: mode_t(configuration.socketMode),
                    backlog: Limits.listenBacklog)
            ]
        } catch {
            throw DaemonError("cannot listen on \(configuration.socket): \(error)")
        }
    }
}

extension ServerConfiguration {
    /// The part that the transport enforces.
    var transportLimits: ServerLimits {
        var limits = ServerLimits()
        limits.messageBytesMax = Limits.messageBytesMax
        limits.connectionsMax = connectionsMax
        limits.connectionsPerUserMax = connectionsPerUserMax
        limits.streamsPerConnectionMax = streamsPerConnectionMax
        return limits
    }
}
