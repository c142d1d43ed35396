import Sodium

/// The key of a slot, made from a credential: 32 bytes, from which the slot's other keys come.
struct SlotKey: ~Copyable {
    static let count = 32
    /// Bytes of a key file, of a shared secret and of a recovery key.
    static let rawCount = 32

    /// What the slot key is expanded to. The raw values are in every vault.
    private enum Purpose: UInt64 {
        case privateHalf = 1
        case wrapping = 2
        case secret = 3
    }

    private let secret: SecretBytes
    /// A recovery key is the private half itself.
    private let isPrivateHalf: Bool

    /// Nil when the credential can open no slot with these parameters: another kind, or a key
    /// file of the wrong size. Slow for a passphrase.
    static func derive(
        from credential: borrowing Credential, _ parameters: SlotParameters
    ) throws(SealError) -> SlotKey? {
        switch credential {
        case .passphrase(let passphrase):
            guard case .passphrase(let cost, let salt) = parameters else { return nil }
            return try SlotKey(passphrase, cost, salt)
        case .keyfile(let keyfile):
            guard case .keyfile(let salt) = parameters, keyfile.count == rawCount else {
                return nil
            }
            return try SlotKey(keyfile, domain: "vd-keyf1", salt)
        case .shares(let combined):
            guard case .shamir(_, let salt) = parameters, combined.count == rawCount else {
                return nil
            }
            return try SlotKey(combined, domain: "vd-shmr1", salt)
        case .recoveryKey(let privateHalf):
            guard case .recipient = parameters, privateHalf.count == rawCount else { return nil }
            return try SlotKey(privateHalf: privateHalf)
        }
    }

    private init(
        _ passphrase: borrowing SecretBytes, _ cost: PassphraseCost, _ salt: [UInt8]
    ) throws(SealError) {
        do throws(SodiumError) {
            var key = try SecretBytes(count: Self.count)
            try PassphraseHash.derive(
                from: passphrase, salt: salt, operations: UInt64(cost.operations),
                memory: Int(cost.memory), into: &key)
            secret = key
        } catch {
            throw .memory(error)
        }
        isPrivateHalf = false
    }

    /// A key file and a shared secret are random already; the hash binds them to their purpose
    /// and to the slot's salt.
    private init(
        _ random: borrowing SecretBytes, domain: String, _ salt: [UInt8]
    ) throws(SealError) {
        var key = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: Self.count)
        }
        let message = Array(domain.utf8) + salt
        random.withBytes { random in
            message.withUnsafeBytes { message in
                key.withMutableBytes { KeyedHash.digest(of: message, key: random, into: $0) }
            }
        }
        secret = key
        isPrivateHalf = false
    }

    private init(privateHalf: borrowing SecretBytes) throws(SealError) {
        var copy = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: Self.count)
        }
        privateHalf.withBytes { source in copy.withMutableBytes { $0.copyMemory(from: source) } }
        secret = copy
        isPrivateHalf = true
    }

    /// What others may wrap for.
    func publicHalf() throws(SealError) -> [UInt8] {
        isPrivateHalf
            ? KeyAgreement.publicHalf(of: secret)
            : KeyAgreement.publicHalf(of: try subkey(.privateHalf))
    }

    /// The key of the AEAD that unwraps a root key with this wrapping; nil when nothing that was
    /// wrapped so can be opened.
    func wrappingKey(_ wrapping: SlotWrapping) throws(SealError) -> SecretBytes? {
        switch wrapping {
        case .ofFormat1:
            var copy = try SealError.memory { () throws(SodiumError) in
                try SecretBytes(count: Self.count)
            }
            secret.withBytes { source in copy.withMutableBytes { $0.copyMemory(from: source) } }
            return copy
        case .underSlotKey: return try subkey(.wrapping)
        case .toPublicHalf(let publicHalf, let ephemeral):
            return try sealedKey(publicHalf, ephemeral)
        case .toPublicHalfWithSecret(let publicHalf, let ephemeral):
            guard let slotSecret = try slotSecret(),
                let key = try sealedKey(publicHalf, ephemeral)
            else { return nil }
            return try slotSecret.mixed(with: key)
        }
    }

    /// What the vault keeps of the slot; nil for a recovery key, which the vault never sees.
    func slotSecret() throws(SealError) -> SlotSecret? {
        isPrivateHalf ? nil : SlotSecret(try subkey(.secret))
    }

    private func sealedKey(
        _ publicHalf: [UInt8], _ ephemeral: [UInt8]
    ) throws(SealError) -> SecretBytes? {
        // The public half is found anew: the file's could be somebody else's.
        guard try self.publicHalf() == publicHalf else { return nil }
        guard isPrivateHalf else {
            return try SealedKey.open(
                try subkey(.privateHalf), publicHalf: publicHalf, ephemeral: ephemeral)
        }
        return try SealedKey.open(secret, publicHalf: publicHalf, ephemeral: ephemeral)
    }

    private func subkey(_ purpose: Purpose) throws(SealError) -> SecretBytes {
        try SealError.memory { () throws(SodiumError) in
            try KeyDerivation.derive(purpose.rawValue, context: "vd-slot2", from: secret)
        }
    }
}
