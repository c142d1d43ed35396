import RPC
import SwiftProtobuf
import Testing
import VaultAPI

@testable import VaultServer

@Suite struct MaintenanceTests {
    private func alarm(
        _ action: Etcdserverpb_AlarmRequest.AlarmAction, _ type: Etcdserverpb_AlarmType,
        _ member: UInt64 = 0
    ) -> Etcdserverpb_AlarmRequest {
        var request = Etcdserverpb_AlarmRequest()
        request.action = action
        request.alarm = type
        request.memberID = member
        return request
    }

    private func answer(
        _ server: TestServer, _ request: Etcdserverpb_AlarmRequest
    ) async throws -> [String] {
        let response: Etcdserverpb_AlarmResponse = try await server.call(
            Methods.Maintenance.alarm, request)
        #expect(response.header.revision >= 1 && response.header.memberID != 0)
        return response.alarms.map { "\($0.memberID) \($0.alarm)" }
    }

    private func etcdStatus(
        _ server: TestServer
    ) async throws -> Etcdserverpb_StatusResponse {
        try await server.call(Methods.Maintenance.status, Etcdserverpb_StatusRequest())
    }

    @Test func alarmsAreRaisedListedAndTakenBackAsInEtcd() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            #expect(try await answer(server, alarm(.get, .none)) == [])
            #expect(try await answer(server, alarm(.activate, .none)) == [])
            for _ in 0..<2 {
                #expect(try await answer(server, alarm(.activate, .nospace)) == ["0 nospace"])
            }
            #expect(
                try await server.refusal(Methods.KV.put, Requests.put("a", "b"))
                    == Status(.resourceExhausted, "etcdserver: mvcc: database space exceeded"))
            #expect(try await answer(server, alarm(.activate, .corrupt, 5)) == ["5 corrupt"])
            #expect(
                try await server.refusal(Methods.KV.put, Requests.put("a", "b"))
                    == Status(.dataLoss, "etcdserver: corrupt cluster"))
            #expect(try await server.get("a").header.revision == 1)
            let status = try await etcdStatus(server)
            #expect(status.errors == ["alarm:NOSPACE ", "memberID:5 alarm:CORRUPT "])
            #expect(try await server.status().alarms == ["NOSPACE", "CORRUPT"])
            #expect(
                try await answer(server, alarm(.get, .none, 99)) == ["0 nospace", "5 corrupt"])
            #expect(try await answer(server, alarm(.get, .corrupt)) == ["5 corrupt"])
            #expect(try await answer(server, alarm(.deactivate, .corrupt, 9)) == [])
            #expect(try await answer(server, alarm(.deactivate, .none)) == [])
            #expect(try await answer(server, alarm(.deactivate, .corrupt, 5)) == ["5 corrupt"])
            try await server.seal()
            try await server.unseal()
            #expect(try await answer(server, alarm(.get, .none)) == ["0 nospace"])
            #expect(try await answer(server, alarm(.deactivate, .nospace)) == ["0 nospace"])
            try await server.put("a", "b")
        }
    }

    @Test func theQuotasAlarmIsAboutThisMember() async throws {
        try await TestServer.with(change: { $0.quotaBytes = 4_000 }) { (server) async throws in
            try await server.initialize()
            let member = try await server.put("a", "b").header.memberID
            let large = Requests.put("a", String(repeating: "v", count: 5_000))
            for _ in 0..<2 {
                #expect(
                    try await server.refusal(Methods.KV.put, large)?.code == .resourceExhausted)
                #expect(try await answer(server, alarm(.get, .none)) == ["\(member) nospace"])
                #expect(
                    try await etcdStatus(server).errors == ["memberID:\(member) alarm:NOSPACE "])
                #expect(
                    try await answer(server, alarm(.deactivate, .nospace, member))
                        == ["\(member) nospace"])
                #expect(try await answer(server, alarm(.get, .none)) == [])
            }
        }
    }

    @Test func statusSaysWhatClientsLookFor() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let status = try await etcdStatus(server)
            #expect(status.version.hasPrefix("3.6.") && status.storageVersion == "3.6.0")
            #expect(status.leader == status.header.memberID && status.leader != 0)
            #expect(status.dbSize > 0 && status.dbSizeQuota == 2 << 30 && !status.isLearner)
            #expect(status.hasDowngradeInfo && !status.downgradeInfo.enabled)
            #expect(status.errors.isEmpty)
        }
    }

    @Test func hashesAreOfTheRevisionAskedFor() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            func hash(_ revision: Int64) async throws -> Etcdserverpb_HashKVResponse {
                var request = Etcdserverpb_HashKVRequest()
                request.revision = revision
                return try await server.call(Methods.Maintenance.hashKV, request)
            }
            for value in ["1", "2", "3"] { try await server.put("a", value) }
            let (all, old) = (try await hash(0), try await hash(3))
            #expect(all.header.revision == 4 && all.hashRevision == 4 && all.compactRevision == -1)
            #expect(old.hashRevision == 3 && old.hash != all.hash && old.hash != 0)
            #expect(try await hash(4).hash == all.hash)
            let whole: Etcdserverpb_HashResponse = try await server.call(
                Methods.Maintenance.hash, Etcdserverpb_HashRequest())
            #expect(whole.hash == all.hash)
            var compaction = Etcdserverpb_CompactionRequest()
            compaction.revision = 3
            let _: Etcdserverpb_CompactionResponse = try await server.call(
                Methods.KV.compact, compaction)
            #expect(try await hash(0).compactRevision == 3)
            var request = Etcdserverpb_HashKVRequest()
            request.revision = 2
            #expect(
                try await server.refusal(Methods.Maintenance.hashKV, request)
                    == Status(
                        .outOfRange, "etcdserver: mvcc: required revision has been compacted"))
            request.revision = 5
            #expect(
                try await server.refusal(Methods.Maintenance.hashKV, request)
                    == Status(
                        .outOfRange, "etcdserver: mvcc: required revision is a future revision"))
        }
    }

    @Test func aClusterOfOneStaysOne() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let own = try await server.put("a", "b").header.memberID
            let few = "re-configuration failed due to not enough started members"
            func expect(
                _ method: VaultAPI.Method, _ request: some SwiftProtobuf.Message,
                _ code: StatusCode, _ text: String
            ) async throws {
                #expect(
                    try await server.refusal(method, request) == Status(code, "etcdserver: " + text)
                )
            }
            typealias Cluster = Methods.Cluster
            for urls in [[], ["bad"], ["http://host"], ["http://host:1/path"], ["ftp://h:1"]] {
                try await expect(
                    Cluster.memberAdd, Etcdserverpb_MemberAddRequest.with { $0.peerUrls = urls },
                    .invalidArgument, "given member URLs are invalid")
            }
            for url in ["http://host:2380", "https://[::1]:2380", "unix://socket:1"] {
                try await expect(
                    Cluster.memberAdd, Etcdserverpb_MemberAddRequest.with { $0.peerUrls = [url] },
                    .failedPrecondition, few)
            }
            for (id, code, text) in [
                (own, StatusCode.failedPrecondition, few),
                (own &+ 1, .notFound, "member not found"), (0, .notFound, "member not found"),
            ] {
                try await expect(
                    Cluster.memberRemove, Etcdserverpb_MemberRemoveRequest.with { $0.id = id },
                    code, text)
                try await expect(
                    Cluster.memberUpdate, Etcdserverpb_MemberUpdateRequest.with { $0.id = id },
                    code, text)
            }
            try await expect(
                Cluster.memberPromote, Etcdserverpb_MemberPromoteRequest.with { $0.id = own },
                .failedPrecondition, "can only promote a learner member")
            try await expect(
                Cluster.memberPromote, Etcdserverpb_MemberPromoteRequest.with { $0.id = 1 },
                .notFound, "member not found")
            let _: Etcdserverpb_MoveLeaderResponse = try await server.call(
                Methods.Maintenance.moveLeader,
                Etcdserverpb_MoveLeaderRequest.with { $0.targetID = own })
            try await expect(
                Methods.Maintenance.moveLeader, Etcdserverpb_MoveLeaderRequest(),
                .failedPrecondition, "bad leader transferee")
        }
    }

    @Test func thereIsNoDowngrade() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            for (action, version, code, text) in [
                (
                    Etcdserverpb_DowngradeRequest.DowngradeAction.validate, "3.5",
                    StatusCode.invalidArgument, "invalid downgrade target version"
                ),
                (.enable, "3.5.1", .invalidArgument, "invalid downgrade target version"),
                (.enable, "three", .invalidArgument, "wrong downgrade target version format"),
                (.validate, "", .invalidArgument, "wrong downgrade target version format"),
                (.cancel, "", .failedPrecondition, "no inflight downgrade job"),
            ] {
                let request = Etcdserverpb_DowngradeRequest.with {
                    $0.action = action
                    $0.version = version
                }
                #expect(
                    try await server.refusal(Methods.Maintenance.downgrade, request)
                        == Status(code, "etcdserver: " + text))
            }
        }
    }

    @Test(arguments: Methods.Maintenance.all + Methods.Cluster.all)
    func aSealedVaultSaysSo(_ method: VaultAPI.Method) async throws {
        guard Services.implemented.contains(method), method.kind == .unary else { return }
        try await TestServer.withUnsealed { (server) async throws in
            try await server.seal()
            #expect(
                try await server.refusal(method, Etcdserverpb_StatusRequest())
                    == Status(.unavailable, "vaultd: sealed"))
        }
    }
}
