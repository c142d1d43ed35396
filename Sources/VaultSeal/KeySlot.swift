import Sodium

/// One wrapped copy of the root key, and what is needed to unwrap it.
struct KeySlot: Equatable {
    static let labelCountMax = 64
    static let wrappedCount = RootKey.count + WrappedSecret.overhead
    private static let fixedCount = 12

    var id: UInt32
    var label: String
    var parameters: SlotParameters
    var wrapping: SlotWrapping
    var wrappedRootKey: [UInt8]

    var description: SlotDescription {
        var cost: PassphraseCost?
        var shares: ShareSet?
        switch parameters {
        case .passphrase(let passphraseCost, _): cost = passphraseCost
        case .shamir(let set, _): shares = set
        case .keyfile, .recipient: break
        }
        return SlotDescription(
            id: id, kind: parameters.kind, label: label, passphraseCost: cost, shares: shares)
    }

    /// Every byte of the slot before its wrapped root key, as a file of this format has it.
    private func head(format: UInt32) -> [UInt8] {
        let parameterBytes = parameters.bytes
        let labelBytes = Array(label.utf8)
        let wrappingBytes = format == 1 ? [] : wrapping.bytes
        var writer = ByteWriter()
        writer.put(
            UInt32(
                Self.fixedCount + labelBytes.count + parameterBytes.count + wrappingBytes.count
                    + Self.wrappedCount))
        writer.put(id)
        writer.put(parameters.kind.code)
        writer.put(UInt8(labelBytes.count))
        writer.put(UInt16(parameterBytes.count))
        writer.put(labelBytes)
        writer.put(parameterBytes)
        writer.put(wrappingBytes)
        return writer.bytes
    }

    func bytes(format: UInt32) -> [UInt8] { head(format: format) + wrappedRootKey }

    /// A slot that was wrapped in a file of format 1 stays bound to what that file said of it.
    private func associatedData(storeID: StoreID) -> [UInt8] {
        var writer = ByteWriter()
        if wrapping == .ofFormat1 {
            writer.put("vd-slot1".utf8)
            writer.put(storeID.bytes)
            writer.put(UInt32(1))
            writer.put(head(format: 1))
        } else {
            writer.put("vd-slot2".utf8)
            writer.put(storeID.bytes)
            writer.put(head(format: 2))
        }
        return writer.bytes
    }

    /// A slot that `credential` opens. Slow for a passphrase.
    static func make(
        id: UInt32, label: String, credential: borrowing Credential, parameters: SlotParameters,
        rootKey: borrowing RootKey, storeID: StoreID
    ) throws(SealError) -> MadeKeySlot {
        guard let key = try SlotKey.derive(from: credential, parameters) else {
            throw .invalidSlot("a key file has 32 bytes; make one of 32 random bytes")
        }
        var slot = try KeySlot(
            id: id, label: label, parameters: parameters,
            wrapping: .underSlotKey(publicHalf: try key.publicHalf()))
        guard let wrappingKey = try key.wrappingKey(slot.wrapping) else {
            preconditionFailure("a slot's own key wraps for it")
        }
        slot.wrappedRootKey = try slot.wrap(rootKey, under: wrappingKey, storeID: storeID)
        return MadeKeySlot(slot: slot, secret: try key.slotSecret())
    }

    /// A slot for the owner of a public half, who need not be there.
    init(
        id: UInt32, label: String, publicHalf: [UInt8], rootKey: borrowing RootKey,
        storeID: StoreID
    ) throws(SealError) {
        try self.init(
            id: id, label: label, parameters: .recipient,
            wrapping: .underSlotKey(publicHalf: publicHalf))
        try rewrap(rootKey, storeID: storeID)
    }

    private init(
        id: UInt32, label: String, parameters: SlotParameters, wrapping: SlotWrapping
    ) throws(SealError) {
        guard label.utf8.count <= Self.labelCountMax else {
            throw .invalidSlot("a label has at most \(Self.labelCountMax) bytes")
        }
        self.id = id
        self.label = label
        self.parameters = parameters
        self.wrapping = wrapping
        wrappedRootKey = []
    }

    /// Whether anybody who has seen the slot could have wrapped a root key of their own in it, in
    /// the place of the vault's. Nothing else can be had for a recipient, whose key is kept away
    /// from the vault.
    var isUnproven: Bool {
        guard case .toPublicHalf = wrapping else { return false }
        return parameters.kind != .recipient
    }

    /// Wraps another root key for the owner of the public half, who need not be there.
    mutating func rewrap(
        _ rootKey: borrowing RootKey, storeID: StoreID
    ) throws(SealError) {
        guard let publicHalf = wrapping.publicHalf else {
            throw .slotNeedsItsCredential(id: id)
        }
        let made = try SealedKey.make(for: publicHalf)
        wrapping = .toPublicHalf(publicHalf, ephemeral: made.ephemeral)
        wrappedRootKey = try wrap(rootKey, under: made.key, storeID: storeID)
    }

    /// The same with the slot's secret, so that its owner can tell that the vault did it.
    mutating func rewrap(
        _ rootKey: borrowing RootKey, storeID: StoreID, secret: SlotSecret
    ) throws(SealError) {
        guard let publicHalf = wrapping.publicHalf else {
            throw .slotNeedsItsCredential(id: id)
        }
        let made = try SealedKey.make(for: publicHalf)
        wrapping = .toPublicHalfWithSecret(publicHalf, ephemeral: made.ephemeral)
        wrappedRootKey = try wrap(
            rootKey, under: try secret.mixed(with: made.key), storeID: storeID)
    }

    private func wrap(
        _ rootKey: borrowing RootKey, under key: borrowing SecretBytes, storeID: StoreID
    ) throws(SealError) -> [UInt8] {
        let associatedData = associatedData(storeID: storeID)
        return try rootKey.withBytes { (root) throws(SealError) in
            WrappedSecret.wrap(root, under: key, associatedData: associatedData)
        }
    }

    /// The root key, or nil when the credential does not fit. Slow for a passphrase.
    func open(with credential: borrowing Credential, storeID: StoreID) throws(SealError) -> RootKey?
    {
        guard let slotKey = try SlotKey.derive(from: credential, parameters),
            let key = try slotKey.wrappingKey(wrapping),
            let secret = try WrappedSecret.unwrap(
                wrappedRootKey[...], under: key, associatedData: associatedData(storeID: storeID))
        else { return nil }
        return RootKey(secret)
    }

    /// Reads one slot from the table of a file of this format.
    init(_ reader: inout ByteReader, format: UInt32) throws(SealError) {
        let start = reader.position
        let count = Int(try reader.number(UInt32.self))
        id = try reader.number()
        let code = try reader.number(UInt8.self)
        let labelCount = Int(try reader.number(UInt8.self))
        let parameterCount = Int(try reader.number(UInt16.self))
        guard let kind = SlotKind(code: code) else {
            throw .damaged(what: "keyring: slot \(id) has the unknown kind \(code)")
        }
        let fixedCount =
            Self.fixedCount + Self.wrappedCount + (format == 1 ? 0 : SlotWrapping.byteCount)
        guard labelCount <= Self.labelCountMax, parameterCount <= SlotParameters.byteCountMax,
            count == fixedCount + labelCount + parameterCount
        else { throw .damaged(what: "keyring: slot \(id) has sizes that do not fit") }
        guard let label = String(validating: try reader.take(labelCount), as: UTF8.self) else {
            throw .damaged(what: "keyring: slot \(id) has a label that is not text")
        }
        self.label = label
        parameters = try SlotParameters(kind: kind, try reader.take(parameterCount))
        wrapping = format == 1 ? .ofFormat1 : try SlotWrapping(&reader)
        wrappedRootKey = Array(try reader.take(Self.wrappedCount))
        guard wrapping != .ofFormat1 || kind == .passphrase || kind == .keyfile else {
            throw .damaged(what: "keyring: slot \(id) is older than its kind")
        }
        if case .toPublicHalfWithSecret = wrapping, kind == .recipient {
            throw .damaged(what: "keyring: slot \(id) has a secret that its kind has not")
        }
        assert(reader.position - start == count, "every byte of the slot was read")
    }
}
