import Glibc
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// A data directory that is not what it was.
    @Suite struct DamagedFiles {
        /// What was done to `data.mdb`.
        enum Damage: Sendable, CustomStringConvertible {
            case flippedBit(at: Int, bit: Int)
            case overwritten(at: Int, count: Int)
            case truncated(to: Int)
            case swappedPages(Int, Int)

            func apply(to bytes: inout [UInt8], _ random: inout SeededRandom) {
                switch self {
                case .flippedBit(let index, let bit): bytes[index] ^= 1 << UInt8(bit)
                case .overwritten(let index, let count):
                    let end = min(index + count, bytes.count)
                    bytes.replaceSubrange(index..<end, with: random.bytes(end - index))
                case .truncated(let count): bytes.removeSubrange(count...)
                case .swappedPages(let one, let two):
                    for offset in 0..<4096 {
                        bytes.swapAt(one * 4096 + offset, two * 4096 + offset)
                    }
                }
            }

            var description: String {
                switch self {
                case .flippedBit(let index, let bit): "bit \(bit) of byte \(index) flipped"
                case .overwritten(let index, let count): "\(count) bytes at \(index) overwritten"
                case .truncated(let count): "cut to \(count) bytes"
                case .swappedPages(let one, let two): "pages \(one) and \(two) swapped"
                }
            }
        }

        @Test func aDamagedFileIsRefusedOrWhole() async throws {
            let seed = TestSeed.seeds(1, for: "damage")[0]
            var random = SeededRandom(seed: seed)
            let vault = try InitialisedVault()
            let wanted = try await fill(vault)
            let path = "\(vault.dataDirectory)/data.mdb"
            let sound = try Files.read(path)
            var refused = 0
            let count = 40 + 600 * TestSeed.soakRounds
            for _ in 0..<count {
                let damage = choose(sound, &random)
                var bytes = sound
                damage.apply(to: &bytes, &random)
                try Files.write(bytes, to: path)
                let place = "seed \(seed): \(damage)"
                let server = try vault.startSealed()
                let result = try Program.run(
                    try BuiltPrograms.path("vaultctl"),
                    ["--socket", server.socketPath, "unseal", "--keyfile", vault.keyfile])
                if result.status == .exit(13) {
                    refused += 1
                    #expect(result.errorText.split(separator: "\n").count == 1, "\(place)\(result)")
                } else {
                    #expect(result.status == .exit(0), "\(place): \(result)")
                    let got = try await contents(of: server)
                    #expect(got == wanted, "\(place): opened with other contents")
                }
                #expect(server.program.ended == nil, "\(place): vaultd is gone")
                try server.stop()
            }
            #expect(refused > count / 4, "only \(refused) of \(count) damages were noticed")
            try Files.write(sound, to: path)
            let server = try vault.start()
            #expect(try await contents(of: server) == wanted)
            try server.stop()
        }

        /// With a key file on the command line nobody is there to ask: vaultd ends, and says why.
        @Test func theDaemonEndsWithIntegrityStatus() async throws {
            let vault = try InitialisedVault()
            _ = try await fill(vault)
            let path = "\(vault.dataDirectory)/data.mdb"
            let sound = try Files.read(path)
            for damage in [Damage.truncated(to: 5_000), .truncated(to: 0)] {
                var random = SeededRandom(seed: 1)
                var bytes = sound
                damage.apply(to: &bytes, &random)
                try Files.write(bytes, to: path)
                let result = try Program.run(
                    try BuiltPrograms.path("vaultd"),
                    [
                        "--data-dir", vault.dataDirectory, "--keyfile", vault.keyfile,
                        "--socket", vault.directory.file("s.sock"),
                    ])
                #expect(result.status == .exit(13), "\(damage): \(result)")
                let last = result.errorText.split(separator: "\n").last ?? ""
                #expect(last.hasPrefix("vaultd: the data is damaged"), "\(damage): \(result)")
            }
        }

        @Test func aDirectoryInUseIsRefused() throws {
            let vault = try InitialisedVault()
            let first = try vault.start()
            let result = try Program.run(
                try BuiltPrograms.path("vaultd"),
                [
                    "--data-dir", vault.dataDirectory, "--keyfile", vault.keyfile,
                    "--socket", vault.directory.file("s.sock"),
                ])
            #expect(result.status == .exit(21), "\(result)")
            let last = result.errorText.split(separator: "\n").last ?? ""
            #expect(last.contains("in use by another vaultd"), "\(result)")
            #expect(first.program.ended == nil)
            try first.stop()
        }

        private func choose(_ sound: [UInt8], _ random: inout SeededRandom) -> Damage {
            let pages = sound.count / 4096
            // Half of the damage goes to the pages in use, which are the first ones.
            let range = random.once(in: 2) ? min(sound.count, 40 * 4096) : sound.count
            let place = Int(random.next() % UInt64(range))
            return switch random.next() % 8 {
            case ..<4: .flippedBit(at: place, bit: Int(random.next() % 8))
            case 4: .overwritten(at: place, count: 1 + Int(random.next() % 5_000))
            case 5: .truncated(to: place)
            case 6: .truncated(to: place / 4096 * 4096)
            default: .swappedPages(place / 4096, Int(random.next() % UInt64(pages)))
            }
        }

        private func fill(_ vault: InitialisedVault) async throws -> Etcdserverpb_RangeResponse {
            let server = try vault.start()
            let connection = try await KVConnection(server.socketPath)
            for number in 0..<120 {
                try await connection.put("key/\(number % 90)", String(repeating: "v", count: 300))
            }
            await connection.close()
            let wanted = try await contents(of: server)
            try server.stop()
            return wanted
        }

        private func contents(of server: VaultdServer) async throws -> Etcdserverpb_RangeResponse {
            let connection = try await KVConnection(server.socketPath)
            let answer = try await connection.everything()
            await connection.close()
            return answer
        }
    }
}
