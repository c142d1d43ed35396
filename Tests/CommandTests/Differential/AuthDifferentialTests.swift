import FoundationEssentials
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// Users, roles and what they may do, beside a real etcd.
    @Suite struct AuthDifferential {
        typealias Alteration = @Sendable (AuthRequest, AuthAnswer) -> AuthAnswer

        private static let etcd: @Sendable () throws -> any TestServer = {
            try EtcdServer(options: ["--bcrypt-cost", "4"])
        }

        /// Passwords that cost little, on both sides.
        private static let vaultd: @Sendable () throws -> any TestServer = {
            let directory = try TemporaryDirectory()
            let file = directory.file("vaultd.yaml")
            try Files.write("passphrase_memory_mib: 8\npassphrase_passes: 1\n", to: file)
            return try VaultdServer(["--dev", "--config", file], directory: directory)
        }

        @Test func everyAnswerIsEtcds() async throws {
            var counts: [String: Int] = [:]
            for seed in TestSeed.seeds(4 + 20 * TestSeed.soakRounds, for: "auth") {
                let divergence = try await Self.compare(
                    seed: seed, count: 700, Self.vaultd, &counts)
                if let divergence {
                    Issue.record("\(divergence)")
                    return
                }
            }
            Self.expectVariety(counts)
        }

        /// Canaries: each spoils one kind of answer, and must be noticed.
        @Test(arguments: 0..<5)
        func aSpoiledAnswerIsNoticed(canary: Int) async throws {
            var counts: [String: Int] = [:]
            let divergence = try await Self.compare(
                seed: 3, count: 600, Self.etcd, &counts, alteration: Self.canaries[canary])
            #expect(divergence != nil, "canary \(canary) went unnoticed")
        }

        private static let canaries: [Alteration] = [
            // A refusal that was none.
            { request, answer in
                guard request.method == Methods.KV.range,
                    answer == .failure(code: 7, "etcdserver: permission denied")
                else { return answer }
                return .message(Etcdserverpb_RangeResponse())
            },
            // A right that was not given.
            { request, answer in
                guard request.method == Methods.KV.put, case .message = answer else {
                    return answer
                }
                return .failure(code: 7, "etcdserver: permission denied")
            },
            // A watch that should have been refused.
            { request, answer in
                guard request.method == Methods.Watch.watch, case .message(let text) = answer,
                    text.contains("PermissionDenied")
                else { return answer }
                return .message(Etcdserverpb_WatchResponse.with { $0.created = true })
            },
            // A role that lost a permission.
            { request, answer in
                guard request.method == Methods.Auth.roleGet, case .message(let text) = answer,
                    text.contains("perm {")
                else { return answer }
                return .message(String(text.prefix(while: { $0 != "p" })))
            },
            // A code that is not the one.
            { _, answer in
                guard case .failure(code: 9, let text) = answer else { return answer }
                return .failure(code: 5, text)
            },
        ]

        private static func compare(
            seed: UInt64, count: Int, _ subject: @Sendable () throws -> any TestServer,
            _ counts: inout [String: Int], alteration: Alteration = { $1 }
        ) async throws -> String? {
            let left = try await AuthSide(try etcd())
            let right = try await AuthSide(try subject())
            var generator = AuthGenerator(seed: seed)
            var scene: [String] = []
            var divergence: String?
            for index in 0..<count where divergence == nil {
                let request = generator.next { left.hasToken($0) }
                let one = try await left.answer(request)
                let two = alteration(request, try await right.answer(request))
                scene.append("\(request.text)\n    \(one)")
                tally(request, one, &counts)
                generator.learn(request, one)
                if one != two {
                    let known = AuthDifference.all.first { $0.explains(request, one, two) }
                    if let known {
                        counts[known.reason, default: 0] += 1
                        if case .message = one { try await undo(request, on: left) }
                        if known.reason == AuthDifference.transaction.reason {
                            var repeated = request
                            repeated.user = "root"
                            let answer = try await right.answer(repeated)
                            #expect(answer == one, "\(request.text)")
                        }
                    } else {
                        divergence = """
                            seed \(seed), operation \(index): the answers differ \
                            (replay with VAULT_SEED=\(seed))
                            \(scene.suffix(120).joined(separator: "\n"))
                            --- vaultd answered
                            \(two)
                            """
                    }
                } else if request.malformedPermission != nil, case .message = one {
                    // etcd beside itself.
                    for side in [left, right] { try await undo(request, on: side) }
                }
            }
            await left.close()
            await right.close()
            return divergence
        }

        /// Takes back what the oracle should not have stored.
        private static func undo(_ request: AuthRequest, on side: AuthSide) async throws {
            guard let grant = request.malformedPermission else { return }
            let revoke = Etcdserverpb_AuthRoleRevokePermissionRequest.with {
                $0.role = grant.name
                $0.key = grant.perm.key
                $0.rangeEnd = grant.perm.rangeEnd
            }
            _ = try await side.answer(
                AuthRequest(request.user, Methods.Auth.roleRevokePermission, revoke))
        }

        private static func tally(
            _ request: AuthRequest, _ answer: AuthAnswer, _ counts: inout [String: Int]
        ) {
            switch answer {
            case .failure(let code, let text): counts["\(code) \(text)", default: 0] += 1
            case .message: counts["\(request.method.name) ok", default: 0] += 1
            }
        }

        /// Equal answers prove nothing if they are all the same refusal.
        private static func expectVariety(_ counts: [String: Int]) {
            let text = counts.sorted { $0.value > $1.value }.map { "\($0.value) x \($0.key)" }
                .joined(separator: "\n")
            for kind in [
                "Range ok", "Put ok", "DeleteRange ok", "Txn ok", "Watch ok", "UserAdd ok",
                "UserGet ok", "UserList ok", "UserDelete ok", "UserChangePassword ok",
                "UserGrantRole ok", "UserRevokeRole ok", "RoleAdd ok", "RoleGet ok",
                "RoleList ok", "RoleDelete ok", "RoleGrantPermission ok",
                "RoleRevokePermission ok", "Authenticate ok",
                "7 etcdserver: permission denied", "16 etcdserver: invalid auth token",
                "3 etcdserver: invalid auth management",
                "3 etcdserver: authentication failed, invalid user ID or password",
                "9 etcdserver: user name not found", "9 etcdserver: user name already exists",
                "9 etcdserver: role name not found", "9 etcdserver: role name already exists",
                "9 etcdserver: role is not granted to the user",
                "9 etcdserver: permission is not granted to the role",
                "9 etcdserver: root user does not have root role",
            ] { #expect(counts[kind, default: 0] > 0, "never met \(kind):\n\(text)") }
            print("answers about access\n\(text)")
        }
    }
}
