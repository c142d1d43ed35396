import Glibc

/// Tells systemd how the service is (sd_notify(3)), when it asked to be told.
public struct ServiceNotification: Sendable {
    /// The value of `NOTIFY_SOCKET`; nil when nobody asked.
    private let socketPath: String?

    /// Takes the socket from the environment's `NOTIFY_SOCKET`.
    public init(environment: [String: String]) {
        socketPath = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Clients can connect.
    public func ready() {
        send("READY=1")
    }

    /// The service ends; calls under way finish.
    public func stopping() {
        send("STOPPING=1")
    }

    private func send(_ state: String) {
        guard let socketPath else { return }
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = [UInt8](state.utf8)
        // Nobody to tell is nobody to fail for: systemd notices by its own timeout.
        _ = withUnixAddress(socketPath) { address, length in
            sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length)
        }
    }
}
