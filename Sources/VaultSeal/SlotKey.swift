import Sodium

/// Makes the key of a slot from a credential.
enum SlotKey {
    static let count = 32
    static let keyfileCount = 32

    /// Nil when the credential can open no slot with these parameters: another kind, or a key
    /// file of the wrong size.
    static func derive(
        from credential: borrowing Credential, _ parameters: SlotParameters
    ) throws(SealError) -> SecretBytes? {
        switch credential {
        case .passphrase(let passphrase):
            guard case .passphrase(let cost, let salt) = parameters else { return nil }
            return try derive(passphrase, cost, salt)
        case .keyfile(let keyfile):
            guard case .keyfile(let salt) = parameters, keyfile.count == keyfileCount else {
                return nil
            }
            return try derive(keyfile, salt)
        }
    }

    private static func derive(
        _ passphrase: borrowing SecretBytes, _ cost: PassphraseCost, _ salt: [UInt8]
    ) throws(SealError) -> SecretBytes {
        do throws(SodiumError) {
            var key = try SecretBytes(count: count)
            try PassphraseHash.derive(
                from: passphrase, salt: salt, operations: UInt64(cost.operations),
                memory: Int(cost.memory), into: &key)
            return key
        } catch {
            throw .memory(error)
        }
    }

    /// A key file is random already; the hash binds it to this purpose and to the slot's salt.
    private static func derive(
        _ keyfile: borrowing SecretBytes, _ salt: [UInt8]
    ) throws(SealError) -> SecretBytes {
        var key = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: count)
        }
        let message = Array("vd-keyf1".utf8) + salt
        keyfile.withBytes { keyfile in
            message.withUnsafeBytes { message in
                key.withMutableBytes { key in
                    KeyedHash.digest(of: message, key: keyfile, into: key)
                }
            }
        }
        return key
    }
}
