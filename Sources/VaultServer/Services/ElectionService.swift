import NIOCore
import RPC
import VaultAPI
import VaultStore

/// `v3electionpb.Election`: one leader by name, the client with the oldest key.
final class ElectionService: Sendable {
    private let calls: RecipeCalls

    init(_ calls: RecipeCalls) {
        self.calls = calls
    }

    var routes: [Route] {
        [
            .unary(Methods.Election.campaign.path) {
                let rights = QueueRights($0, gate: self.calls.gate)
                return self.calls.run($0, $1) { (request, session) async throws(Status) in
                    try await Self.campaign(request, session, rights)
                } allowing: {
                    $1.allowsQueue(Bytes($0.name))
                } lease: {
                    $0.lease
                }
            },
            .unary(Methods.Election.proclaim.path) {
                self.calls.run($0, $1, Self.proclaim) {
                    $1.allowsPlace(Bytes($0.leader.key))
                } lease: {
                    $0.leader.lease
                }
            },
            .unary(Methods.Election.leader.path) {
                self.calls.run($0, $1, Self.leader) { $1.allowsLooking(at: Bytes($0.name)) }
            },
            .unary(Methods.Election.resign.path) {
                self.calls.run($0, $1, Self.resign) { $1.allowsPlace(Bytes($0.leader.key)) }
            },
            .stream(Methods.Election.observe.path) { call in
                ElectionObserver(call: call, gate: self.calls.gate, reads: self.calls.reads)
            },
        ]
    }

    private static func campaign(
        _ request: V3electionpb_CampaignRequest, _ session: StoreSession,
        _ rights: QueueRights
    ) async throws(Status) -> UnaryAnswer {
        let lease = try await RecipeLease(LeaseID(request.lease), in: session)
        do throws(Status) {
            let value = Bytes(request.value)
            let (place, previous) = try await QueuePlace.take(
                Bytes(request.name), value: value, lease: lease.id, in: session)
            do throws(Status) {
                if let previous, previous.value != value {
                    _ = try await proclaim(value, at: place, in: session)
                }
                let revision = try await place.waitForTurn(in: session, by: rights)
                lease.handOver()
                var writer = WireWriter()
                session.open.header.write(revision: revision.rawValue, to: &writer)
                writer.message(2) { leader in
                    leader.bytes(1, place.name)
                    leader.bytes(2, place.key)
                    leader.number(3, place.revision.rawValue)
                    leader.number(4, place.lease.rawValue)
                }
                return .message(writer.buffer)
            } catch {
                _ = try await place.leave(in: session)
                throw error
            }
        } catch {
            await lease.giveUp(in: session)
            throw error
        }
    }

    private static func proclaim(
        _ value: Bytes, at place: QueuePlace, in session: StoreSession
    ) async throws(Status) -> Revision {
        var put = PutOperation(key: place.key, value: value)
        put.lease = place.lease
        let result = try await session.transaction(
            Transaction(comparisons: [place.isSame], success: [.put(put)]))
        guard result.succeeded else { throw Status(.unknown, "election: not leader") }
        return result.revision
    }

    @Sendable private static func proclaim(
        _ request: V3electionpb_ProclaimRequest, _ session: StoreSession
    ) async throws(Status) -> UnaryAnswer {
        guard request.hasLeader else { throw StatusTable.noLeaderKey }
        let revision = try await proclaim(
            Bytes(request.value), at: QueuePlace(request.leader), in: session)
        var response = V3electionpb_ProclaimResponse()
        response.header = session.open.header.message(revision: revision)
        return Answer.unary(response)
    }

    @Sendable private static func resign(
        _ request: V3electionpb_ResignRequest, _ session: StoreSession
    ) async throws(Status) -> UnaryAnswer {
        guard request.hasLeader else { throw StatusTable.noLeaderKey }
        let revision = try await QueuePlace(request.leader).leave(in: session)
        var response = V3electionpb_ResignResponse()
        response.header = session.open.header.message(revision: revision)
        return Answer.unary(response)
    }

    @Sendable private static func leader(
        _ request: V3electionpb_LeaderRequest, _ session: StoreSession
    ) async throws(Status) -> UnaryAnswer {
        let (leader, revision) = try await leader(of: Bytes(request.name), in: session)
        guard let leader else { throw Status(.unknown, "election: no leader") }
        return .message(response(leader, revision: revision, header: session.open.header))
    }

    /// The oldest key of the name, and the store's revision.
    static func leader(
        of name: Bytes, in session: StoreSession
    ) async throws(Status) -> (leader: KeyValue?, revision: Revision) {
        var query = RangeQuery(range: QueuePlace.range(of: name))
        query.sortOrder = .ascending
        query.sortTarget = .createRevision
        query.limit = 1
        let result = try await session.range(query)
        return (result.keyValues.first, result.revision)
    }

    static func response(
        _ leader: KeyValue, revision: Revision, header: ResponseHeader
    ) -> ByteBuffer {
        var writer = WireWriter()
        header.write(revision: revision.rawValue, to: &writer)
        ResponseEncoding.keyValue(2, leader, to: &writer)
        return writer.buffer
    }
}

extension QueuePlace {
    /// What a client was told when it won.
    fileprivate init(_ leader: V3electionpb_LeaderKey) {
        self.init(
            name: Bytes(leader.name), key: Bytes(leader.key), lease: LeaseID(leader.lease),
            revision: Revision(leader.rev))
    }
}
