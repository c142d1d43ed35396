import Sodium

/// What a slot needs, besides the credential, to make its key.
enum SlotParameters: Equatable {
    case passphrase(cost: PassphraseCost, salt: [UInt8])
    case keyfile(salt: [UInt8])
    case shamir(ShareSet, salt: [UInt8])
    /// Its public half says everything.
    case recipient

    static let byteCountMax = 1024
    static let saltCount = 16

    var kind: SlotKind {
        switch self {
        case .passphrase: .passphrase
        case .keyfile: .keyfile
        case .shamir: .shamir
        case .recipient: .recipient
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
        case .shamir(let set, let salt):
            writer.put(set.id)
            writer.put(set.threshold)
            writer.put(set.count)
            writer.reserve(2)
            writer.put(salt)
        case .recipient: break
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
        case .shamir:
            let set = try ShareSet(
                id: try reader.number(), threshold: try reader.number(),
                count: try reader.number())
            try reader.reserved(2)
            self = .shamir(set, salt: Array(try reader.take(Self.saltCount)))
        case .recipient: self = .recipient
        }
        guard reader.isAtEnd else {
            throw .damaged(what: "keyring: slot parameters are too long")
        }
    }

    /// New parameters, with a new salt, for a credential that a person or a file brings.
    ///
    /// Throws `.invalidSlot` for an empty passphrase, and for shares, which are made together
    /// with their set.
    static func new(
        for credential: borrowing Credential, cost: PassphraseCost
    ) throws(SealError) -> SlotParameters {
        guard !credential.isEmptyPassphrase else {
            throw .invalidSlot("the passphrase is empty; choose another")
        }
        let salt = Random.bytes(count: saltCount)
        switch credential {
        case .passphrase: return .passphrase(cost: cost, salt: salt)
        case .keyfile: return .keyfile(salt: salt)
        case .recoveryKey: return .recipient
        case .shares: throw .invalidSlot("shares are made by the vault, not given to it")
        }
    }

    /// New parameters for shares.
    static func new(for set: ShareSet) -> SlotParameters {
        .shamir(set, salt: Random.bytes(count: saltCount))
    }
}
