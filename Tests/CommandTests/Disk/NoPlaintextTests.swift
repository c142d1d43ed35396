import FoundationEssentials
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// The disk knows neither the values nor the names of the keys.
    @Suite struct NoPlaintext {
        @Test func theDataDirectoryHoldsNoNameAndNoValue() async throws {
            let vault = try InitialisedVault(withPassphrase: true)
            let secrets = telling()
            let search = PlaintextSearch(
                secrets.flatMap { [$0.0, $0.1] } + ["correct horse battery staple"])
            var server = try vault.start()
            var connection = try await KVConnection(server.socketPath)
            for (key, value) in secrets { try await connection.put(key, value) }
            try await connection.putTogether(secrets.map { ($0.0 + "-together", $0.1) })
            #expect(try search.findings(below: vault.dataDirectory).isEmpty, "after writing")

            // Refused requests, too, pass by the disk.
            _ = await connection.call("/etcdserverpb.KV/Put", [0x0a, 0xff])
            for (key, value) in secrets { try await connection.put(key, "\(value) overwritten") }
            for (key, _) in secrets.prefix(10) { try await connection.delete(key) }
            #expect(try search.findings(below: vault.dataDirectory).isEmpty, "after deleting")

            try await connection.compact(try await connection.everything().header.revision)
            #expect(try search.findings(below: vault.dataDirectory).isEmpty, "after compaction")

            try server.kill()
            #expect(try search.findings(below: vault.dataDirectory).isEmpty, "after kill -9")
            server = try vault.start()
            await connection.close()
            connection = try await KVConnection(server.socketPath)
            #expect(try await connection.get(secrets[20].0) == "\(secrets[20].1) overwritten")
            await connection.close()
            try server.stop()
            #expect(try search.findings(below: vault.dataDirectory).isEmpty, "after the end")
            #expect(try Files.read("\(vault.dataDirectory)/data.mdb").count > 20_000)
            #expect(!server.program.errorText.contains("velvet"), "the log names a key")
        }

        /// Positive control: what the search says to be absent, it finds when it is there.
        @Test(arguments: Disguise.allCases)
        func theSearchFindsWhatIsThere(disguise: Disguise) throws {
            let directory = try TemporaryDirectory()
            let search = PlaintextSearch(telling().flatMap { [$0.0, $0.1] })
            let (key, value) = telling()[17]
            var random = SeededRandom(seed: 5)
            let planted =
                random.bytes(70_001) + disguise.of(key: key, value: value)
                + random.bytes(999)
            try Files.write(random.bytes(100_000), to: directory.file("clean"))
            #expect(try search.findings(below: directory.path).isEmpty)
            try Files.write(planted, to: directory.file("planted"))
            #expect(!(try search.findings(below: directory.path).isEmpty), "\(disguise)")
        }

        /// How a secret could lie on the disk.
        enum Disguise: CaseIterable, Sendable {
            case name, value, partOfName, hexadecimal, base64, shiftedBase64

            func of(key: String, value: String) -> [UInt8] {
                switch self {
                case .name: Array(key.utf8)
                case .value: Array(value.utf8)
                case .partOfName: Array(key.utf8.prefix(12))
                case .hexadecimal:
                    value.utf8.flatMap {
                        Array(String($0 >> 4, radix: 16).utf8)
                            + Array(String($0 & 15, radix: 16).utf8)
                    }
                case .base64: Array(Data(value.utf8).base64EncodedString().utf8)
                case .shiftedBase64: Array(Data(("xy" + value).utf8).base64EncodedString().utf8)
                }
            }
        }

        private func telling() -> [(String, String)] {
            (0..<30).map { number in
                (
                    "velvetkeys/production-database/password-\(1000 + number)",
                    "marmalade-\(7919 * (number + 11))-sesame-\(104_729 * (number + 3))"
                )
            }
        }
    }
}
