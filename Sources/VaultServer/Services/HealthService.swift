import NIOCore
import RPC
import Synchronization
import VaultAPI

/// `grpc.health.v1.Health`: etcd's services serve while the vault is unsealed and its file well.
final class HealthService: Sendable {
    private struct Watcher {
        var call: StreamCall
        /// nil: one that is unknown for ever. Its name is the caller's, who may be anybody, and as
        /// long as a message: it is not kept.
        var service: String?
        var told: Grpc_Health_V1_HealthCheckResponse.ServingStatus
    }

    private struct State {
        var watchers: [Int: Watcher] = [:]
        var countOfUser: [UInt32: Int] = [:]
        var lastID = 0
    }

    /// Served in every state.
    private static let always: Set<String> = [
        Methods.Vault.service, Methods.Health.service, Methods.Reflection.service,
        Methods.ReflectionAlpha.service,
    ]
    /// The empty name is the server as a whole.
    private static let whileUnsealed: Set<String> = [
        "", Methods.KV.service, Methods.Watch.service, Methods.Lease.service,
        Methods.Maintenance.service,
        Methods.Cluster.service, Methods.Lock.service, Methods.Election.service,
    ]

    private let vault: Vault
    private let state = Mutex(State())

    init(vault: Vault) {
        self.vault = vault
        vault.observe { [weak self] in self?.tellWatchers() }
    }

    var routes: [Route] {
        [
            .unary(Methods.Health.check.path) { _, message in self.check(message) },
            .stream(Methods.Health.watch.path) { call in
                HealthWatch(call: call, service: self)
            },
        ]
    }

    /// nil for a service that is not known.
    private func status(
        of service: String
    ) -> Grpc_Health_V1_HealthCheckResponse.ServingStatus? {
        if Self.always.contains(service) { return .serving }
        guard Self.whileUnsealed.contains(service) else { return nil }
        return vault.isWell ? .serving : .notServing
    }

    private func check(_ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Grpc_Health_V1_HealthCheckRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            guard let status = status(of: request.service) else {
                return .failure(StatusTable.unknownHealthService)
            }
            return Answer.unary(Self.response(status))
        }
    }

    /// Starts telling `call` how `service` is; nil when there are too many watchers. Anybody may:
    /// a user has as many as there is room left for, so that nobody takes all of it.
    func watch(_ service: String, _ call: StreamCall) -> Int? {
        state.withLock { state in
            let ofUser = state.countOfUser[call.peer.userID, default: 0]
            guard ofUser < Limits.healthWatchersMax - state.watchers.count else { return nil }
            state.countOfUser[call.peer.userID] = ofUser + 1
            // The health protocol keeps a watch on an unknown service open.
            let known = status(of: service)
            let status = known ?? .serviceUnknown
            state.lastID += 1
            state.watchers[state.lastID] = Watcher(
                call: call, service: known == nil ? nil : service, told: status)
            Self.send(status, to: call)
            return state.lastID
        }
    }

    func unwatch(_ id: Int) {
        state.withLock { state in
            guard let watcher = state.watchers.removeValue(forKey: id) else { return }
            let left = state.countOfUser[watcher.call.peer.userID, default: 1] - 1
            state.countOfUser[watcher.call.peer.userID] = left == 0 ? nil : left
        }
    }

    /// The status is read under the lock, so that the last one told is the last one true.
    private func tellWatchers() {
        state.withLock { state in
            for (id, watcher) in state.watchers {
                guard let service = watcher.service, let status = status(of: service),
                    status != watcher.told
                else { continue }
                state.watchers[id]?.told = status
                Self.send(status, to: watcher.call)
            }
        }
    }

    private static func send(
        _ status: Grpc_Health_V1_HealthCheckResponse.ServingStatus, to call: StreamCall
    ) {
        switch Answer.encoded(response(status)) {
        case .success(let message): call.send(message)
        case .failure(let failure): call.finish(failure)
        }
    }

    private static func response(
        _ status: Grpc_Health_V1_HealthCheckResponse.ServingStatus
    ) -> Grpc_Health_V1_HealthCheckResponse {
        var response = Grpc_Health_V1_HealthCheckResponse()
        response.status = status
        return response
    }
}
