import FoundationEssentials
import Testing
import VaultAPI

/// The table of methods against the `.proto` files beside the sources.
@Suite struct MethodTests {
    private struct Declaration: Hashable {
        let path: String
        let kind: VaultAPI.Method.Kind
    }

    private static func protoFiles() throws -> [String] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try [
            "etcd/rpc.proto", "etcd/v3lock.proto", "etcd/v3election.proto",
            "grpc/health/v1/health.proto", "grpc/reflection/v1/reflection.proto",
            "grpc/reflection/v1alpha/reflection.proto", "vault/v1/vault.proto",
            "vault/v1/access.proto", "vault/v1/audit.proto", "vault/v1/keys.proto",
            "vault/v1/integrity.proto", "vault/v1/backup.proto",
        ].map { try String(contentsOfFile: "/\(root)/proto/\($0)", encoding: .utf8) }
    }

    private static func declarations(in text: String) -> [Declaration] {
        var found: [Declaration] = []
        var package = ""
        var service = ""
        // A declaration may go on in the next line.
        for line in text.replacing(")\n      returns", with: ") returns").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.first == "package" { package = String(words[1].dropLast()) }
            if words.first == "service" { service = "\(package).\(words[1])" }
            guard words.first == "rpc", let sides = split(line) else { continue }
            let name = words[1].prefix { $0 != "(" }
            let kind: VaultAPI.Method.Kind =
                switch (sides.request, sides.response) {
                case (false, false): .unary
                case (false, true): .serverStream
                case (true, false): .clientStream
                case (true, true): .bidirectional
                }
            found.append(Declaration(path: "/\(service)/\(name)", kind: kind))
        }
        return found
    }

    /// Whether each side of `rpc A(stream B) returns (C) {}` streams.
    private static func split(_ line: Substring) -> (request: Bool, response: Bool)? {
        let halves = line.split(separator: " returns ")
        guard halves.count == 2 else { return nil }
        return (halves[0].contains("(stream "), halves[1].hasPrefix("(stream "))
    }

    @Test func tableHasEveryMethodOfTheProtoFilesAndNoOther() throws {
        let declared = try Self.protoFiles().flatMap(Self.declarations)
        let listed = Methods.all.map { Declaration(path: $0.path, kind: $0.kind) }
        #expect(declared.count == 80)
        #expect(Set(declared) == Set(listed))
        #expect(declared.count == listed.count)
    }

    @Test func pathsAreThoseThatEtcdClientsCall() {
        #expect(Methods.KV.txn.path == "/etcdserverpb.KV/Txn")
        #expect(Methods.Watch.watch.kind == .bidirectional)
        #expect(Methods.Vault.unseal.path == "/vault.v1.Vault/Unseal")
    }
}
