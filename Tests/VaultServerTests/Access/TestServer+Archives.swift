import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import VaultAPI
import VaultBackup

@testable import VaultServer

extension TestServer {
    /// Has an archive made, and returns its footer.
    func archive() async throws -> [UInt8] {
        let stream = try await client.stream(Methods.Backup.create.path)
        let request: [UInt8] = try Vault_V1_CreateArchiveRequest().serializedBytes()
        try await stream.send(ByteBuffer(bytes: request))
        stream.finishSending()
        var bytes: [UInt8] = []
        for try await message in stream.messages {
            bytes += try Vault_V1_ArchiveBlob(serializedBytes: Array(message.readableBytesView))
                .blob
        }
        return Array(bytes.suffix(ArchiveFooter.byteCount))
    }
}
