import Glibc
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultStore

@testable import VaultServer

/// Every method of the table, by those who may and those who may not call it.
@Suite(.serialized) struct RefusalTests {
    private static let denied = Status(.permissionDenied, "etcdserver: permission denied")
    private static let deniedWatch =
        "rpc error: code = PermissionDenied desc = etcdserver: permission denied"

    static let methods = Permissions.table.keys.sorted { $0.path < $1.path }
    static let administrators = methods.filter { Permissions.table[$0] == .administrator }
    static let keyed = methods.filter {
        Permissions.table[$0] == .readKeys || Permissions.table[$0] == .writeKeys
    }

    @Test func everyMethodForOthersThanAdministratorsHasACase() {
        let missing = Set(Self.methods).subtracting(Self.administrators)
            .subtracting(MethodCase.all.keys)
        #expect(missing.isEmpty, "add it to MethodCase: \(missing)")
    }

    @Test func strangersMayCallNothingThatSaysAnything() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let gate = ServerGate(vault: server.daemon.vault)
            let stranger = Caller(
                peer: PeerCredentials(processID: getpid(), userID: 4711, groupID: 4711),
                identification: Nobody(), metadata: [:])
            for method in Self.methods where Permissions.table[method] != .anyone {
                let mark = try #require(Permissions.table[method]).rawValue
                let verdict = gate.admit(path: method.path, mark: mark, caller: stranger)
                #expect(verdict.refusal == Self.denied, "\(method)")
            }
            // What is not in the table is for nobody.
            let verdict = gate.admit(path: "/x.Y/Z", mark: 0, caller: stranger)
            #expect(verdict.refusal == Self.denied)
        }
    }

    private final class Nobody: PeerIdentification {}

    @Test func methodsOfAdministratorsAreRefusedToAllOthers() async throws {
        try await TestServer.withLogins { (server) async throws in
            let most = try await server.somebody("most", [.both("\0", "\0")])
            for method in Self.administrators {
                #expect(try await Self.refusal(most, method, []) == Self.denied, "\(method)")
            }
        }
    }

    @Test func administratorsAreNotRefused() async throws {
        try await TestServer.withLogins { (server) async throws in
            let root = try await server.logIn("root")
            // These end the vault, logins or the test.
            let ending: Set = [Methods.Vault.seal, Methods.Auth.authDisable]
            for method in Self.methods where !ending.contains(method) {
                // Nobody stands in the queue before root.
                let _: Etcdserverpb_DeleteRangeResponse = try await server.call(
                    Methods.KV.deleteRange, Requests.delete("k/", end: "k0"))
                let request = try await MethodCase.all[method]?.request(server) ?? []
                let refusal = try await Self.refusal(root, method, request)
                #expect(
                    refusal?.code != .permissionDenied, "\(method): \(String(describing: refusal))")
            }
        }
    }

    /// What etcdctl asks to tell whether an endpoint is healthy is for whoever may use it.
    @Test func alarmsAreShownToMembersAndChangedByAdministrators() async throws {
        try await TestServer.withLogins { (server) async throws in
            let raise = Etcdserverpb_AlarmRequest.with {
                $0.action = .activate
                $0.alarm = .nospace
            }
            let root = try await server.logIn("root")
            let _: Etcdserverpb_AlarmResponse = try await root.call(
                Methods.Maintenance.alarm, raise)
            let most = try await server.somebody("most", [.both("\0", "\0")])
            let shown: Etcdserverpb_AlarmResponse = try await most.call(
                Methods.Maintenance.alarm, Etcdserverpb_AlarmRequest())
            #expect(shown.alarms.map(\.alarm) == [.nospace])
            for action in [Etcdserverpb_AlarmRequest.AlarmAction.activate, .deactivate] {
                let change = Etcdserverpb_AlarmRequest.with {
                    $0.action = action
                    $0.alarm = .nospace
                }
                #expect(
                    try await most.refusal(Methods.Maintenance.alarm, change) == Self.denied)
            }
        }
    }

    @Test(arguments: keyed)
    func withoutItsPermissionItIsRefused(_ method: VaultAPI.Method) async throws {
        let methodCase = try #require(MethodCase.all[method])
        try await TestServer.withLogins { (server) async throws in
            let request = try await methodCase.request(server)
            let other = try await server.somebody("other", [.both("other"), .both("k/2", "k/3")])
            #expect(try await Self.refusal(other, method, request) == Self.denied)
        }
    }

    @Test(arguments: keyed)
    func gettingIsNotEnoughForIt(_ method: VaultAPI.Method) async throws {
        let methodCase = try #require(MethodCase.all[method])
        try await TestServer.withLogins { (server) async throws in
            let request = try await methodCase.request(server)
            let getter = try await server.somebody("getter", [.get("k/", "k0")])
            let refusal = try await Self.refusal(getter, method, request)
            #expect(refusal == (methodCase.refusesGet ? Self.denied : nil))
        }
    }

    @Test(arguments: methods.filter { !administrators.contains($0) })
    func withExactlyItsPermissionItIsServed(_ method: VaultAPI.Method) async throws {
        let methodCase = try #require(MethodCase.all[method])
        try await TestServer.withLogins { (server) async throws in
            let request = try await methodCase.request(server)
            let exact = try await server.somebody(
                methodCase.role ?? "exact", methodCase.grants)
            #expect(try await Self.refusal(exact, method, request) == nil)
        }
    }

    /// Less than the whole is nothing: a permission that lacks the range's last key, its first, or
    /// one half of reading and writing.
    @Test(arguments: keyed)
    func withALittleLessItIsRefused(_ method: VaultAPI.Method) async throws {
        let methodCase = try #require(MethodCase.all[method])
        try await TestServer.withLogins { (server) async throws in
            let request = try await methodCase.request(server)
            for (index, grant) in methodCase.grants.flatMap(Self.lesser).enumerated() {
                let less = try await server.somebody("less\(index)", [grant])
                let refusal = try await Self.refusal(less, method, request)
                #expect(refusal == Self.denied, "\(grant)")
            }
        }
    }

    private static func lesser(_ grant: Grant) -> [Grant] {
        var all: [Grant] = []
        if grant.kind == .readwrite {
            all += [.read(grant.key, grant.end), .write(grant.key, grant.end)]
        }
        if !grant.end.isEmpty {
            all.append(Grant(kind: grant.kind, key: grant.key, end: "k/~"))
            all.append(Grant(kind: grant.kind, key: grant.key + "\0", end: grant.end))
        } else {
            // From the key to itself with a zero byte is the key; up to the key is not.
            all.append(Grant(kind: grant.kind, key: "k", end: grant.key))
            all.append(Grant(kind: grant.kind, key: grant.key + "\0", end: "l"))
        }
        return all
    }

    /// The status of a call, or of what a stream is told first; nil when it was served.
    private static func refusal(
        _ somebody: Somebody, _ method: VaultAPI.Method, _ request: [UInt8]
    ) async throws -> Status? {
        let client = somebody.server.client
        do {
            if method.kind == .unary {
                _ = try await client.unary(
                    method.path, ByteBuffer(bytes: request), metadata: somebody.metadata)
                return nil
            }
            let stream = try await client.stream(method.path, metadata: somebody.metadata)
            defer { stream.cancel() }
            try await stream.send(ByteBuffer(bytes: request))
            var messages = stream.messages.makeAsyncIterator()
            guard let first = try await messages.next() else { return nil }
            guard method == Methods.Watch.watch else { return nil }
            let watch = try Etcdserverpb_WatchResponse(
                serializedBytes: [UInt8](first.readableBytesView))
            return watch.canceled && watch.cancelReason == deniedWatch ? denied : nil
        } catch let status as Status {
            return status
        }
    }
}
