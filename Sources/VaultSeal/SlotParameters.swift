import Sodium

/// What a slot needs, besides the credential, to make its key.
enum SlotParameters: Equatable {
    case passphrase(cost: PassphraseCost, salt: [UInt8])
    case keyfile(salt: [UInt8])
    /// A kind that this version lists and keeps but cannot open.
    case opaque(kind: SlotKind, bytes: [UInt8])

    static let byteCountMax = 1024
    static let saltCount = 16

    var kind: SlotKind {
        switch self {
        case .passphrase: .passphrase
        case .keyfile: .keyfile
        case .opaque(let kind, _): kind
        }
    }

    var bytes: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .passphrase(let cost, let salt):
            writer.put(PassphraseHash.algorithm)
            writer.reserve(3)
            writer.put(cost.operations)
            writer.put(cost.memory)
            writer.put(salt)
        case .keyfile(let salt): writer.put(salt)
        case .opaque(_, let bytes): writer.put(bytes)
        }
        return writer.bytes
    }

    /// Reads parameters. A cost out of bounds is `.unsafeParameters`: nothing was asked of the
    /// system for it yet.
    init(kind: SlotKind, _ bytes: ArraySlice<UInt8>) throws(SealError) {
        var reader = ByteReader(bytes, what: "keyring: slot parameters")
        switch kind {
        case .passphrase:
            guard try reader.number(UInt8.self) == PassphraseHash.algorithm else {
                throw .unsafeParameters("the slot's passphrase hash is not Argon2id 1.3")
            }
            try reader.reserved(3)
            let operations = try reader.number(UInt32.self)
            let memory = try reader.number(UInt64.self)
            let cost = try PassphraseCost(operations: operations, memory: memory)
            self = .passphrase(cost: cost, salt: Array(try reader.take(Self.saltCount)))
        case .keyfile:
            self = .keyfile(salt: Array(try reader.take(Self.saltCount)))
        case .shamir, .recipient:
            self = .opaque(kind: kind, bytes: Array(try reader.take(bytes.count)))
        }
        guard reader.isAtEnd else {
            throw .damaged(what: "keyring: slot parameters are too long")
        }
    }

    /// New parameters, with a new salt, for a credential of this kind.
    static func new(for kind: SlotKind, cost: PassphraseCost) -> SlotParameters {
        let salt = Random.bytes(count: saltCount)
        switch kind {
        case .passphrase: return .passphrase(cost: cost, salt: salt)
        case .keyfile: return .keyfile(salt: salt)
        case .shamir, .recipient: return .opaque(kind: kind, bytes: salt)
        }
    }

}
