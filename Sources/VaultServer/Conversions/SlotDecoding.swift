import NIOCore
import Sodium
import VaultSeal

/// Decodes requests about key slots by hand: the bytes of credentials go into guarded memory and
/// the arrays in between are zeroed, which a generated message could not do.
enum SlotDecoding {
    /// A `ReplaceSlotRequest`, and an `AddSlotRequest`, which has no id.
    struct Change: Sendable {
        var id: UInt32?
        var slot: NewSlot
    }

    /// A `NewSlot`, wherever it stands.
    static func newSlot(_ bytes: UnsafeRawBufferPointer) throws(VaultError) -> NewSlot {
        var opener: NewSlot.Opener?
        var label = ""
        try CredentialDecoding.fields(of: bytes) { (number, type, reader) throws(VaultError) in
            switch (number, type) {
            case (1, .lengthDelimited):
                opener = .credential(
                    try CredentialDecoding.secret(&reader) { (secret) throws(VaultError) in
                        try CredentialBox(passphrase: &secret)
                    })
            case (2, .lengthDelimited):
                opener = .credential(
                    try CredentialDecoding.secret(&reader) { (secret) throws(VaultError) in
                        try CredentialBox(keyfile: &secret)
                    })
            case (3, .lengthDelimited): opener = .recipient(try recipient(&reader))
            case (4, .lengthDelimited):
                opener = try shares(
                    CredentialDecoding.wire { () throws(WireError) in try reader.content() })
            case (8, .lengthDelimited): label = try text(&reader)
            default: return false
            }
            return true
        }
        guard let opener else {
            throw .invalidRequest(
                "give what opens the slot: a passphrase, a key file, a recipient or shares")
        }
        return NewSlot(opener: opener, label: label)
    }

    /// `id` is field 1 and the slot field 2 of a replacement; of an addition the slot is field 1.
    static func change(
        _ message: ByteBuffer, isReplacement: Bool
    ) -> Result<Change, VaultError> {
        CredentialDecoding.decode(message) { (bytes) throws(VaultError) in
            var id: UInt32?
            var slot: NewSlot?
            let slotField = isReplacement ? 2 : 1
            try CredentialDecoding.fields(of: bytes) { (number, type, reader) throws(VaultError) in
                switch (number, type) {
                case (slotField, .lengthDelimited):
                    slot = try newSlot(
                        CredentialDecoding.wire { () throws(WireError) in try reader.content() })
                case (1, .varint): id = try number32(&reader)
                default: return false
                }
                return true
            }
            guard let slot else {
                throw .invalidRequest(
                    "give what opens the slot: a passphrase, a key file, a recipient or shares")
            }
            return Change(id: isReplacement ? id ?? 0 : nil, slot: slot)
        }
    }

    /// The credential of a `TestSlotRequest`.
    static func test(_ message: ByteBuffer) -> Result<TestOrder, VaultError> {
        CredentialDecoding.decode(message) { (bytes) throws(VaultError) in
            var order: TestOrder?
            try CredentialDecoding.fields(of: bytes) { (number, type, reader) throws(VaultError) in
                guard type == .lengthDelimited else { return false }
                if number == 4 {
                    order = .shares(
                        try shareList(
                            CredentialDecoding.wire { () throws(WireError) in
                                try reader.content()
                            }))
                } else if let box = try CredentialDecoding.credential(number, &reader) {
                    order = .credential(box)
                } else {
                    return false
                }
                return true
            }
            guard let order else { throw CredentialDecoding.nothingGiven }
            return order
        }
    }

    private static func shareList(
        _ bytes: UnsafeRawBufferPointer
    ) throws(VaultError) -> [ShareBox] {
        var boxes: [ShareBox] = []
        try CredentialDecoding.fields(of: bytes) { (number, type, reader) throws(VaultError) in
            guard number == 1, type == .lengthDelimited else { return false }
            guard boxes.count < Limits.sharesMax else {
                throw .invalidRequest("give at most \(Limits.sharesMax) shares")
            }
            boxes.append(
                try CredentialDecoding.secret(&reader) { (text) throws(VaultError) in
                    try ShareBox(text: &text)
                })
            return true
        }
        return boxes
    }

    private static func recipient(
        _ reader: inout WireReader
    ) throws(VaultError) -> RecoveryPublicKey {
        let text = try text(&reader)
        do throws(SealError) {
            return try RecoveryPublicKey(text: text)
        } catch { throw .seal(error) }
    }

    private static func shares(
        _ bytes: UnsafeRawBufferPointer
    ) throws(VaultError) -> NewSlot.Opener {
        var count: UInt32 = 0
        var threshold: UInt32 = 0
        try CredentialDecoding.fields(of: bytes) { (number, type, reader) throws(VaultError) in
            switch (number, type) {
            case (1, .varint): count = try number32(&reader)
            case (2, .varint): threshold = try number32(&reader)
            default: return false
            }
            return true
        }
        guard let small = UInt8(exactly: count), let few = UInt8(exactly: threshold), few >= 2,
            few <= small
        else {
            throw .invalidRequest(
                "a slot has 2 to \(Limits.sharesMax) shares and a threshold of at least 2 and at "
                    + "most their count, not \(threshold) of \(count)")
        }
        return .shares(count: small, threshold: few)
    }

    private static func number32(_ reader: inout WireReader) throws(VaultError) -> UInt32 {
        let number = try CredentialDecoding.wire { () throws(WireError) in try reader.varint() }
        return UInt32(truncatingIfNeeded: number)
    }

    private static func text(_ reader: inout WireReader) throws(VaultError) -> String {
        let bytes = try CredentialDecoding.wire { () throws(WireError) in
            try reader.byteArray()
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalidRequest("not a message of this method: a text is not UTF-8")
        }
        return text
    }
}
