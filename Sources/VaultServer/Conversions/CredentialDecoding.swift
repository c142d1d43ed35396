import NIOCore
import RPC
import Sodium
import VaultAccess

/// Decodes requests that carry credentials by hand: their bytes go into guarded memory and the
/// array in between is zeroed, which a generated message could not do.
enum CredentialDecoding {
    /// The slots of an `InitRequest`.
    static func newSlots(_ message: ByteBuffer) -> Result<[CredentialBox], VaultError> {
        decode(message) { bytes throws(VaultError) in
            var slots: [CredentialBox] = []
            var reader = WireReader(bytes)
            while let field = try wire({ () throws(WireError) in try reader.nextField() }) {
                switch (field.number, field.type) {
                case (1, .lengthDelimited):
                    let content = try wire { () throws(WireError) in try reader.content() }
                    slots.append(try credential(content))
                default: try wire { () throws(WireError) in try reader.skip(field) }
                }
                guard slots.count <= Limits.newSlotsMax else {
                    throw .invalidRequest("give at most \(Limits.newSlotsMax) key slots")
                }
            }
            return slots
        }
    }

    /// The principals of an `InitRequest`.
    static func administrators(_ message: ByteBuffer) -> Result<[Principal], Status> {
        let texts = decode(message) { bytes throws(VaultError) in
            var texts: [String] = []
            var reader = WireReader(bytes)
            while let field = try wire({ () throws(WireError) in try reader.nextField() }) {
                switch (field.number, field.type) {
                case (2, .lengthDelimited):
                    let text = try wire { () throws(WireError) in try reader.byteArray() }
                    texts.append(String(decoding: text, as: UTF8.self))
                default: try wire { () throws(WireError) in try reader.skip(field) }
                }
                guard texts.count <= Limits.newAdministratorsMax else {
                    throw .invalidRequest(
                        "name at most \(Limits.newAdministratorsMax) administrators")
                }
            }
            return texts
        }
        switch texts {
        case .failure(let error): return .failure(StatusTable.status(of: error))
        case .success(let texts):
            let principals = texts.compactMap { Principal($0) }
            guard principals.count == texts.count else {
                return .failure(StatusTable.status(of: AccessError.malformedPrincipal))
            }
            return .success(principals)
        }
    }

    /// The credential of an `UnsealRequest`.
    static func unseal(_ message: ByteBuffer) -> Result<CredentialBox, VaultError> {
        decode(message) { bytes throws(VaultError) in
            try credential(bytes)
        }
    }

    /// Whether an `UnsealRequest` says that damage is accepted.
    static func acceptsDamage(_ message: ByteBuffer) -> Result<Bool, VaultError> {
        decode(message) { bytes throws(VaultError) in
            var accepts = false
            var reader = WireReader(bytes)
            while let field = try wire({ () throws(WireError) in try reader.nextField() }) {
                switch (field.number, field.type) {
                case (8, .varint): accepts = try wire { () throws(WireError) in try reader.bool() }
                default: try wire { () throws(WireError) in try reader.skip(field) }
                }
            }
            return accepts
        }
    }

    /// Fields 1 and 2 are the same in both messages.
    private static func credential(
        _ bytes: UnsafeRawBufferPointer
    ) throws(VaultError) -> CredentialBox {
        var kind = 0
        var secret: [UInt8] = []
        defer { wipe(&secret) }
        var reader = WireReader(bytes)
        while let field = try wire({ () throws(WireError) in try reader.nextField() }) {
            switch (field.number, field.type) {
            case (1, .lengthDelimited), (2, .lengthDelimited):
                wipe(&secret)
                secret = try wire { () throws(WireError) in try reader.byteArray() }
                kind = field.number
            default: try wire { () throws(WireError) in try reader.skip(field) }
            }
        }
        switch kind {
        case 1: return try CredentialBox(passphrase: &secret)
        case 2: return try CredentialBox(keyfile: &secret)
        default: throw .invalidRequest("give a passphrase or a key file")
        }
    }

    private static func wire<Value>(
        _ body: () throws(WireError) -> Value
    ) throws(VaultError) -> Value {
        do throws(WireError) {
            return try body()
        } catch {
            throw .invalidRequest("not a message of this method: \(error.reason)")
        }
    }

    private static func decode<Value>(
        _ message: ByteBuffer, _ body: (UnsafeRawBufferPointer) throws(VaultError) -> Value
    ) -> Result<Value, VaultError> {
        message.withUnsafeReadableBytes { bytes in
            Result { () throws(VaultError) in try body(bytes) }
        }
    }
}
