import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI

@testable import VaultServer

@Suite struct ReflectionTests {
    private typealias Request = Grpc_Reflection_V1_ServerReflectionRequest
    private typealias Response = Grpc_Reflection_V1_ServerReflectionResponse

    private static let both = [
        Methods.Reflection.serverReflectionInfo, Methods.ReflectionAlpha.serverReflectionInfo,
    ]

    /// Asks everything on one stream.
    private func ask(
        _ server: TestServer, _ requests: [Request],
        by method: VaultAPI.Method = Methods.Reflection.serverReflectionInfo
    ) async throws -> [Response] {
        let stream = try await server.client.stream(method.path)
        var responses: [Response] = []
        var messages = stream.messages.makeAsyncIterator()
        for request in requests {
            let bytes: [UInt8] = try request.serializedBytes()
            try await stream.send(ByteBuffer(bytes: bytes))
            let message = try #require(try await messages.next())
            responses.append(try Response(serializedBytes: [UInt8](message.readableBytesView)))
        }
        stream.finishSending()
        #expect(try await messages.next() == nil)
        #expect(responses.map(\.originalRequest) == requests)
        return responses
    }

    private func files(_ response: Response) throws -> [Google_Protobuf_FileDescriptorProto] {
        try response.fileDescriptorResponse.fileDescriptorProto.map {
            try Google_Protobuf_FileDescriptorProto(serializedBytes: $0)
        }
    }

    /// Found the way a client does it: the names of the services, then the files that declare them.
    @Test(arguments: both)
    func aClientFindsEveryMethod(_ method: VaultAPI.Method) async throws {
        // Not initialised: reflection answers in every state.
        try await TestServer.with { (server) async throws in
            let list = try await ask(server, [.with { $0.listServices = "*" }], by: method)
            let names = list[0].listServicesResponse.service.map(\.name)
            #expect(Set(names) == Set(Methods.all.map(\.service)) && names.sorted() == names)
            let answers = try await ask(
                server, names.map { name in .with { $0.fileContainingSymbol = name } },
                by: method)
            var found: Set<String> = []
            for (name, answer) in zip(names, answers) {
                let files = try files(answer)
                let file = try #require(files.first)
                let known = Set(files.map(\.name))
                #expect(known.count == files.count, "each file once")
                #expect(files.flatMap(\.dependency).allSatisfy(known.contains), "\(name)")
                for service in file.service where "\(file.package).\(service.name)" == name {
                    for method in service.method {
                        found.insert(
                            "/\(name)/\(method.name)"
                                + " \(method.clientStreaming) \(method.serverStreaming)")
                    }
                }
            }
            let expected = Methods.all.map { method in
                let (client, server) =
                    switch method.kind {
                    case .unary: (false, false)
                    case .serverStream: (false, true)
                    case .clientStream: (true, false)
                    case .bidirectional: (true, true)
                    }
                return "\(method.path) \(client) \(server)"
            }
            #expect(found == Set(expected))
        }
    }

    @Test func filesAreFoundByNameAndByWhatTheyDeclare() async throws {
        try await TestServer.with { (server) async throws in
            let symbols = [
                "etcdserverpb.PutRequest", "etcdserverpb.PutRequest.prev_kv",
                "etcdserverpb.KV.Put", "etcdserverpb.RangeRequest.SortOrder",
                "etcdserverpb.RangeRequest.ASCEND", "etcdserverpb.AlarmType",
                "etcdserverpb.Compare.target_union",
            ]
            let answers = try await ask(
                server,
                [.with { $0.fileByFilename = "etcd/rpc.proto" }]
                    + symbols.map { name in .with { $0.fileContainingSymbol = name } })
            for answer in answers {
                let files = try files(answer)
                #expect(files.first?.name == "etcd/rpc.proto")
                #expect(
                    Set(files.map(\.name)) == [
                        "etcd/rpc.proto", "etcd/kv.proto", "etcd/auth.proto",
                    ])
            }
        }
    }

    @Test func whatDoesNotExistIsNotFoundAndTheStreamGoesOn() async throws {
        try await TestServer.with { (server) async throws in
            let answers = try await ask(
                server,
                [
                    .with { $0.fileByFilename = "etcd/none.proto" },
                    .with { $0.fileContainingSymbol = "etcdserverpb.Nothing" },
                    .with { $0.fileContainingExtension.containingType = "etcdserverpb.PutRequest" },
                    .with { $0.allExtensionNumbersOfType = "etcdserverpb.PutRequest" },
                ])
            #expect(answers.map(\.errorResponse.errorCode) == [5, 5, 5, 5])
            await #expect(throws: Status.self) { try await ask(server, [Request()]) }
        }
    }
}
