import ArgumentParser
import FoundationEssentials
import NIOCore
import SwiftProtobuf
import SystemPackage
import VaultAPI

/// Writes the bodies that h2load sends: a gRPC prefix and a message.
struct Frames: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write range.bin and put.bin, bodies for h2load.")

    @Option(help: "Where to write them.")
    var directory: String
    @Option(help: "Bytes of the value.")
    var valueBytes = 200

    func run() throws {
        var put = Etcdserverpb_PutRequest()
        put.key = .init("bench/one".utf8)
        put.value = .init(repeating: 118, count: valueBytes)
        var range = Etcdserverpb_RangeRequest()
        range.key = put.key
        try write("put.bin", try put.serializedBytes())
        try write("range.bin", try range.serializedBytes())
    }

    private func write(_ name: String, _ message: [UInt8]) throws {
        var frame = ByteBuffer(bytes: [0])
        frame.writeInteger(UInt32(message.count))
        frame.writeBytes(message)
        let file = try FileDescriptor.open(
            FilePath(directory).appending(name), .writeOnly, options: [.create, .truncate],
            permissions: .ownerReadWrite)
        _ = try file.closeAfter { try file.writeAll(frame.readableBytesView) }
    }
}
