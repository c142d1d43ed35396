import Glibc
import RPC

/// Where the daemon listens: on the sockets that systemd passed, or on its own.
enum Listening {
    static func sockets(
        _ configuration: ServerConfiguration
    ) throws(DaemonError) -> [ListeningSocket] {
        do throws(ListenError) {
            let inherited = try ListeningSocket.inherited()
            if !inherited.isEmpty { return inherited }
            return [
                try ListeningSocket.bind(
                    path: configuration.socket, mode: mode_t(configuration.socketMode),
                    backlog: Limits.listenBacklog)
            ]
        } catch {
            throw DaemonError(text(of: error, configuration.socket))
        }
    }

    private static func text(of error: ListenError, _ socket: String) -> String {
        switch error {
        case .inUse(let path):
            "\(path) is in use: a server answers on it; stop that one or name another --socket"
        case .notASocket(let path):
            "\(path) exists and is no socket; move it away or name another --socket"
        case .pathTooLong(let path, let bytes):
            "\(path) has \(bytes) bytes, a socket path at most 103; name a shorter --socket"
        case .unsafeDirectory(let path):
            "others may replace files in \(path); run: chmod go-w \(path)"
        case .unusableInheritedSocket(let descriptor):
            "inherited descriptor \(descriptor) is no listening UNIX stream socket; "
                + "use ListenStream= with a path in the socket unit"
        case .system(let number, let operation):
            "cannot listen on \(socket): \(operation): \(systemErrorText(number)); "
                + "see that its directory exists and is yours"
        }
    }
}

extension ServerConfiguration {
    /// The part that the transport enforces, in a process that may have so many descriptors open.
    func transportLimits(descriptorsMax: Int) -> ServerLimits {
        var limits = ServerLimits()
        limits.messageBytesMax = Limits.messageBytesMax
        // Without a descriptor nobody can be let in, not even those for whom there is a place.
        let connectable =
            (descriptorsMax - Limits.descriptorsKept) / Limits.descriptorsPerConnection
        limits.connectionsMax = max(1, min(connectionsMax, connectable))
        limits.connectionsKept = min(Limits.connectionsKept, limits.connectionsMax / 4)
        limits.connectionsPerUserMax = connectionsPerUserMax
        limits.streamsPerConnectionMax = streamsPerConnectionMax
        return limits
    }
}
