extension LiveKeyring {
    /// Adds a slot that `credential` opens, or puts it in the place of the slot `replaced`. Takes
    /// as long as unsealing does for a passphrase.
    ///
    /// Throws `.invalidSlot` for an empty passphrase, a key file that has not 32 bytes, a
    /// label above 64 bytes, or a slot too many (32).
    public func addSlot(
        for credential: borrowing Credential, label: String = "", replacing replaced: UInt32? = nil,
        passphraseCost: PassphraseCost = .moderate
    ) throws(SealError) -> SlotDescription {
        let parameters = try SlotParameters.new(for: credential, cost: passphraseCost)
        return try addSlot(replacing: replaced) { (id, rootKey, storeID) throws(SealError) in
            try KeySlot.make(
                id: id, label: label, credential: credential, parameters: parameters,
                rootKey: rootKey, storeID: storeID)
        }
    }

    /// Adds a slot for the owner of an X25519 public half, 32 bytes.
    public func addSlot(
        forRecipient publicHalf: [UInt8], label: String = "", replacing replaced: UInt32? = nil
    ) throws(SealError) -> SlotDescription {
        try addSlot(replacing: replaced) { (id, rootKey, storeID) throws(SealError) in
            MadeKeySlot(
                slot: try KeySlot(
                    id: id, label: label, publicHalf: publicHalf, rootKey: rootKey,
                    storeID: storeID),
                secret: nil)
        }
    }

    /// Adds a slot that any `threshold` of `count` shares open, and returns the shares, which are
    /// kept nowhere.
    public func addShares(
        count: UInt8, threshold: UInt8, label: String = "", replacing replaced: UInt32? = nil
    ) throws(SealError) -> (slot: SlotDescription, shares: [ShareText]) {
        let shares = try NewShares.make(count: count, threshold: threshold)
        let slot = try addSlot(replacing: replaced) { (id, rootKey, storeID) throws(SealError) in
            try KeySlot.make(
                id: id, label: label, credential: shares.credential,
                parameters: .new(for: shares.set), rootKey: rootKey, storeID: storeID)
        }
        return (slot, shares.texts)
    }
}
