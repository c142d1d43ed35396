import FoundationEssentials
import RPC
import SwiftProtobuf
import Synchronization
import VaultAPI
import VaultTestSupport

/// Watches all registers, over one connection after the other.
final class WatchCollector: Sendable {
    private let state = Mutex(WatchedHistory())

    var history: WatchedHistory { state.withLock { $0 } }

    /// Goes on where it was, until it has been told the revision `last` or the server ends.
    func watch(_ server: VaultdServer, until last: Int64) async {
        do {
            let connection = try await WatchConnection(server.socketPath)
            let start = history.nextRevision
            try await connection.send(
                .createRequest(
                    .with {
                        $0.key = Data("register/".utf8)
                        $0.rangeEnd = Data("register0".utf8)
                        $0.startRevision = start
                    }))
            while history.nextRevision <= last {
                for event in try await connection.next().events {
                    let told = try WatchedHistory.Event(event)
                    state.withLock { $0.append(told) }
                }
            }
            await connection.close()
        } catch {
            // The server is gone; what is missing is seen in the end.
        }
    }
}

extension WatchedHistory.Event {
    fileprivate init(_ event: Mvccpb_Event) throws {
        let name = String(decoding: event.kv.key, as: UTF8.self)
        guard let key = Int(name.dropFirst("register/".count)) else {
            throw TestFailure("an event of the key \(name), which nobody wrote")
        }
        self.init(
            revision: event.kv.modRevision, key: key,
            value: event.type == .delete ? nil : try RegisterClient.value(event.kv))
    }
}
