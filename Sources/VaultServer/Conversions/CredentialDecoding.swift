import NIOCore
import RPC
import Sodium
import VaultAccess

/// Decodes requests that carry credentials by hand: their bytes go into guarded memory and the
/// array in between is zeroed, which a generated message could not do.
enum CredentialDecoding {
    /// The slots of an `InitRequest`.
    static func newSlots(_ message: ByteBuffer) -> Result<[NewSlot], VaultError> {
        decode(message) { (bytes) throws(VaultError) in
            var slots: [NewSlot] = []
            try fields(of: bytes) { (number, type, reader) throws(VaultError) in
                guard number == 1, type == .lengthDelimited else { return false }
                guard slots.count < Limits.newSlotsMax else {
                    throw .invalidRequest("give at most \(Limits.newSlotsMax) key slots")
                }
                let content = try wire { () throws(WireError) in try reader.content() }
                slots.append(try SlotDecoding.newSlot(content))
                return true
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

    /// What an `UnsealRequest` asks for.
    static func unseal(_ message: ByteBuffer) -> Result<UnsealOrder, VaultError> {
        decode(message) { (bytes) throws(VaultError) in
            var key: UnsealOrder.Key?
            var acceptsDamage = false
            try fields(of: bytes) { (number, type, reader) throws(VaultError) in
                switch (number, type) {
                case (4, .lengthDelimited):
                    key = .share(
                        try secret(&reader) { (text) throws(VaultError) in
                            try ShareBox(text: &text)
                        })
                case (7, .varint):
                    let forgets = try wire { () throws(WireError) in try reader.bool() }
                    if forgets { key = .forgetShares }
                case (8, .varint):
                    acceptsDamage = try wire { () throws(WireError) in try reader.bool() }
                case (_, .lengthDelimited):
                    guard let box = try credential(number, &reader) else { return false }
                    key = .credential(box)
                default: return false
                }
                return true
            }
            guard let key else { throw nothingGiven }
            return UnsealOrder(key: key, acceptsDamage: acceptsDamage)
        }
    }

    static let nothingGiven = VaultError.invalidRequest(
        "give a passphrase, a key file, a recovery key or a share")

    /// The credential in a field: 1 to 3 are the same in all messages that open something. Nil for
    /// other fields, which are not read.
    static func credential(
        _ number: Int, _ reader: inout WireReader
    ) throws(VaultError) -> CredentialBox? {
        switch number {
        case 1:
            try secret(&reader) { (secret) throws(VaultError) in
                try CredentialBox(passphrase: &secret)
            }
        case 2:
            try secret(&reader) { (secret) throws(VaultError) in
                try CredentialBox(keyfile: &secret)
            }
        case 3:
            try secret(&reader) { (secret) throws(VaultError) in
                try CredentialBox(recoveryKey: &secret)
            }
        default: nil
        }
    }

    /// Lends the bytes of a field, and zeroes them afterwards.
    static func secret<Value>(
        _ reader: inout WireReader, _ body: (inout [UInt8]) throws(VaultError) -> Value
    ) throws(VaultError) -> Value {
        var secret = try wire { () throws(WireError) in try reader.byteArray() }
        defer { wipe(&secret) }
        return try body(&secret)
    }

    /// Calls `body` for each field; it reads the value, or returns false for one to pass over.
    static func fields(
        of bytes: UnsafeRawBufferPointer,
        _ body: (Int, WireType, inout WireReader) throws(VaultError) -> Bool
    ) throws(VaultError) {
        var reader = WireReader(bytes)
        while let field = try wire({ () throws(WireError) in try reader.nextField() }) {
            guard try !body(field.number, field.type, &reader) else { continue }
            try wire { () throws(WireError) in try reader.skip(field) }
        }
    }

    static func wire<Value>(
        _ body: () throws(WireError) -> Value
    ) throws(VaultError) -> Value {
        do throws(WireError) {
            return try body()
        } catch {
            throw .invalidRequest("not a message of this method: \(error.reason)")
        }
    }

    static func decode<Value>(
        _ message: ByteBuffer, _ body: (UnsafeRawBufferPointer) throws(VaultError) -> Value
    ) -> Result<Value, VaultError> {
        message.withUnsafeReadableBytes { bytes in
            Result { () throws(VaultError) in try body(bytes) }
        }
    }
}
