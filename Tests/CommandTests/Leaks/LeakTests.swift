import FoundationEssentials
import Glibc
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// Secrets are planted and everything is run; then no trace of them may be anywhere but in the
    /// answers to those who asked.
    @Suite struct Leaks {
        @Test func nothingOfASecretIsAnywhereButInItsAnswers() async throws {
            let seed = TestSeed.seeds(1, for: "leaks")[0]
            let stage = try LeakStage(LeakMarks(seed: seed))
            let marks = stage.marks
            let scripts = [
                LeakScript.beginning, LeakScript.access, LeakScript.values, LeakScript.refusals,
            ]
            for line in scripts.joined() { try stage.run(line) }
            // The stage is set: otherwise there would be nothing to find.
            #expect(try stage.run("vaultctl get $K/a --raw").outputText == marks.value)
            #expect(
                try stage.run("etcdctl --user alice:$P get $K/a").outputText.contains(marks.value))
            let told = try await rawCalls(stage)
            for line in LeakScript.sealed + LeakScript.end {
                try stage.run(line)
            }
            let secrets = marks.secrets + told.tokens
            let running = try stage.places()
            #expect(LeakPlace.findings(of: secrets + [marks.key], in: running).isEmpty)
            let errors = stage.errors.map { LeakPlace(name: $0.line, bytes: $0.text) }
            #expect(LeakPlace.findings(of: secrets, in: errors).isEmpty)
            #expect(LeakPlace.findings(of: secrets + [marks.key], in: told.statuses).isEmpty)

            try stage.server.stop()
            let ended = try stage.places()
            #expect(LeakPlace.findings(of: secrets + [marks.key], in: ended).isEmpty)
            let lines = try LoggedFiles.lines(below: stage.dataDirectory)
            #expect(lines.count > LeakScript.all.count, "\(lines.count) lines")
            #expect(stage.server.program.errorText.contains("defragmented"))
        }

        /// Calls that no program makes: what comes back, and the tokens that were handed out.
        private func rawCalls(
            _ stage: LeakStage
        ) async throws -> (statuses: [LeakPlace], tokens: [String]) {
            let marks = stage.marks
            let connection = try await KVConnection(stage.server.socketPath)
            var tokens: [String] = []
            for name in ["alice", "bob"] {
                let login = Etcdserverpb_AuthenticateRequest.with {
                    ($0.name, $0.password) = (name, marks.password)
                }
                let answer: Etcdserverpb_AuthenticateResponse = try await connection.call(
                    Methods.Auth.authenticate, login)
                tokens.append(answer.token)
            }
            var statuses: [LeakPlace] = []
            let others = [
                Methods.Vault.seal, Methods.Auth.authDisable,
                // A user or a role of that name there would be, and the log says whom it is about.
                Methods.Auth.userAdd, Methods.Auth.roleAdd,
            ]
            for method in Methods.all where method.kind == .unary && !others.contains(method) {
                for (message, token) in Self.messages(marks, token: tokens[0]) {
                    let answer = await connection.call(
                        method.path, message, token: token, timeout: .seconds(5))
                    if case .failure(let status) = answer {
                        statuses.append(
                            LeakPlace(name: method.path, bytes: Array(status.message.utf8)))
                    }
                }
            }
            // What a path says is repeated to whoever said it, as gRPC does, and to nobody else.
            for path in ["/\(marks.key)/\(marks.value)", "/etcdserverpb.KV/\(marks.value)"] {
                _ = await connection.call(path, [], token: tokens[0])
                _ = await connection.call(path, [])
            }
            await connection.close()
            try talkBelowTheProtocol(stage)
            return (statuses, tokens)
        }

        /// Messages with marks that are no message, or not one of that method.
        private static func messages(
            _ marks: LeakMarks, token: String
        ) -> [([UInt8], String?)] {
            let both = Array((marks.value + marks.key).utf8)
            func field(_ tag: UInt8, _ text: String) -> [UInt8] {
                [tag, UInt8(text.utf8.count)] + Array(text.utf8)
            }
            let pair = field(10, marks.key) + field(18, marks.value)
            let large = pair + [26, 0x80, 0x80, 0x7d] + [UInt8](repeating: 120, count: 125 << 14)
            return [
                ([0x0a, 0xff] + both, nil), (both, nil), ([0x0a, 0x05] + both, nil),
                ([8, 1, 16, 2, 24, 3] + pair, token), (pair, token),
                (pair, marks.wrongToken + ".1"), (large, nil),
            ]
        }

        /// No gRPC, no HTTP/2, and no HTTP.
        private func talkBelowTheProtocol(_ stage: LeakStage) throws {
            let marks = stage.marks
            let call = FrameWriter.call(
                "/\(marks.key)", Array(marks.value.utf8), stream: 1)
            let http = [
                "GET /v1/secret/data/\(marks.key) HTTP/1.1", "X-Vault-Token: \(marks.wrongToken)",
                "", "",
            ].joined(separator: "\r\n")
            for bytes in [
                Array(http.utf8),
                Array("\(marks.value)\n\(marks.key)\n".utf8),
                FrameWriter.preface + FrameWriter.settings + call,
                FrameWriter.preface + Array(marks.value.utf8) + Array(marks.key.utf8),
            ] {
                let socket = try UnixSocket(connectingTo: stage.server.socketPath)
                socket.send(bytes)
                shutdown(socket.descriptor, Int32(SHUT_WR))
                _ = socket.receiveUntilClosed(timeout: .seconds(20))
            }
        }

        /// Canaries: a mark that is there is found, wherever it is.
        @Test func aLeakIsFound() throws {
            let marks = LeakMarks(seed: 1)
            let directory = try TemporaryDirectory()
            let program = try Program(
                "sh", ["-c", "echo \(marks.password) >&2; while :; do sleep 1; done"],
                environment: ["LEAK": marks.value])
            #expect(Waiting.until(.seconds(60)) { program.errorText.contains(marks.password) })
            try Files.write("{\"key\":\"\(marks.key)/a\"}\n", to: directory.file("audit.jsonl"))
            try Files.write("", to: directory.file("\(marks.passphrase).tmp"))
            let places =
                try LeakPlace.process(program.processID) + LeakPlace.files(below: directory.path)
                + [try LeakPlace(file: program.errorPath)]
            let found = LeakPlace.findings(of: marks.all, in: places).joined(separator: "\n")
            for mark in [marks.value, marks.password, marks.key, marks.passphrase] {
                #expect(found.contains(mark), "\(mark) in \(found)")
            }
            #expect(!found.contains(marks.keyfile))
            try program.stop(SIGKILL)
        }

        @Test func theMemoryOfTheServerIsNotForItsOwnUser() throws {
            guard geteuid() == 0 else {
                return print("not run: needs root, to run a server as another user")
            }
            let home = try TemporaryDirectory()
            chown(home.path, 4711, 4711)
            let user = ["--reuid", "4711", "--regid", "4711", "--clear-groups"]
            let server = try VaultdServer(["--dev"], directory: home, prefix: ["setpriv"] + user)
            let limits = try Files.text("/proc/\(server.program.processID)/limits")
            let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
            #expect(core?.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"], "\(limits)")
            for file in ["environ", "maps", "mem"] {
                let result = try Program.run(
                    "setpriv",
                    user + ["head", "-c", "1", "/proc/\(server.program.processID)/\(file)"])
                #expect(result.errorText.contains("Permission denied"), "\(file): \(result)")
            }
            // Another process of the user is not so shy.
            let other = try Program("setpriv", user + ["sleep", "100"])
            let readable = Waiting.until(.seconds(60)) {
                (try? Program.run(
                    "setpriv", user + ["head", "-c", "1", "/proc/\(other.processID)/environ"]
                ).status) == .exit(0)
            }
            #expect(readable)
            try other.stop(SIGKILL)
            try server.stop()
        }
    }
}
