import Sodium

/// One wrapped copy of the root key, and what is needed to unwrap it.
struct KeySlot: Equatable {
    static let labelCountMax = 64
    static let wrappedCount = RootKey.count + WrappedSecret.overhead
    private static let fixedCount = 12
    static let byteCountMin = fixedCount + wrappedCount

    var id: UInt32
    var label: String
    var parameters: SlotParameters
    var wrappedRootKey: [UInt8]

    var description: SlotDescription {
        var cost: PassphraseCost?
        if case .passphrase(let passphraseCost, _) = parameters { cost = passphraseCost }
        return SlotDescription(
            id: id, kind: parameters.kind, label: label, passphraseCost: cost)
    }

    /// Every byte of the slot before its wrapped root key.
    private var head: [UInt8] {
        let parameterBytes = parameters.bytes
        let labelBytes = Array(label.utf8)
        var writer = ByteWriter()
        writer.put(
            UInt32(Self.fixedCount + labelBytes.count + parameterBytes.count + Self.wrappedCount))
        writer.put(id)
        writer.put(parameters.kind.code)
        writer.put(UInt8(labelBytes.count))
        writer.put(UInt16(parameterBytes.count))
        writer.put(labelBytes)
        writer.put(parameterBytes)
        return writer.bytes
    }

    var bytes: [UInt8] { head + wrappedRootKey }

    private func associatedData(storeID: StoreID) -> [UInt8] {
        var writer = ByteWriter()
        writer.put("vd-slot1".utf8)
        writer.put(storeID.bytes)
        writer.put(KeyringDocument.formatVersion)
        writer.put(head)
        return writer.bytes
    }

    /// A slot that `credential` opens. Slow for a passphrase.
    init(
        id: UInt32, label: String, credential: borrowing Credential, cost: PassphraseCost,
        rootKey: borrowing RootKey, storeID: StoreID
    ) throws(SealError) {
        precondition(label.utf8.count <= Self.labelCountMax, "the label is too long")
        self.id = id
        self.label = label
        parameters = .new(for: credential.kind, cost: cost)
        wrappedRootKey = []
        guard let key = try SlotKey.derive(from: credential, parameters) else {
            throw .unsafeParameters("a key file has 32 bytes; make one of 32 random bytes")
        }
        let associatedData = associatedData(storeID: storeID)
        wrappedRootKey = try rootKey.withBytes { (root) throws(SealError) in
            WrappedSecret.wrap(root, under: key, associatedData: associatedData)
        }
    }

    /// The root key, or nil when the credential does not fit. Slow for a passphrase.
    func open(with credential: borrowing Credential, storeID: StoreID) throws(SealError) -> RootKey?
    {
        guard let key = try SlotKey.derive(from: credential, parameters) else { return nil }
        guard
            let secret = try WrappedSecret.unwrap(
                wrappedRootKey[...], under: key, associatedData: associatedData(storeID: storeID))
        else { return nil }
        return RootKey(secret)
    }

    /// Reads one slot from the table.
    init(_ reader: inout ByteReader) throws(SealError) {
        let start = reader.position
        let count = Int(try reader.number(UInt32.self))
        id = try reader.number()
        let code = try reader.number(UInt8.self)
        let labelCount = Int(try reader.number(UInt8.self))
        let parameterCount = Int(try reader.number(UInt16.self))
        guard let kind = SlotKind(code: code) else {
            throw .damaged(what: "keyring: slot \(id) has the unknown kind \(code)")
        }
        guard labelCount <= Self.labelCountMax, parameterCount <= SlotParameters.byteCountMax,
            count == Self.byteCountMin + labelCount + parameterCount
        else { throw .damaged(what: "keyring: slot \(id) has sizes that do not fit") }
        guard let label = String(validating: try reader.take(labelCount), as: UTF8.self) else {
            throw .damaged(what: "keyring: slot \(id) has a label that is not text")
        }
        self.label = label
        parameters = try SlotParameters(kind: kind, try reader.take(parameterCount))
        wrappedRootKey = Array(try reader.take(Self.wrappedCount))
        assert(reader.position - start == count, "every byte of the slot was read")
    }
}
