import Sodium

@testable import VaultSeal

/// The small files of a data directory, and shares: with right checksums, and made with the
/// vault's own root key, as a version with a bug would make them.
final class KeyringTarget: FuzzTarget {
    private let scratch: ScratchDirectory
    private let storeID: StoreID
    private let document: KeyringDocument
    private let rootKey: RootKey
    private let plaintext: [UInt8]
    private let stateHashKey: StateHashKey

    init() throws {
        try Sodium.initialize()
        scratch = try ScratchDirectory()
        var new = try NewKeyring(passphraseCost: .moderate)
        try new.addSlot(for: try Fixture.credential(), label: "label")
        _ = try new.addShares(count: 3, threshold: 2)
        try new.addSlot(forRecipient: [UInt8](repeating: 9, count: 32))
        let made = try new.finished(
            timeline: Timeline(number: 1, nonce: 77), created: Fixture.time)
        document = made.document
        storeID = document.storeID
        rootKey = try made.rootKey.copy()
        plaintext = made.keyring.withBytes { Array($0) }
        stateHashKey = try made.opened(in: scratch.path).stateHashKey
    }

    func take(_ input: [UInt8]) {
        var input = Input(input)
        let kind = input.byte()
        let bytes = input.remainder()
        do throws(SealError) {
            switch kind % 6 {
            case 0:
                let text = String(decoding: bytes, as: UTF8.self)
                let current = try CurrentFile(text: text)
                require(current.text == text, "CURRENT is written as it was read")
            case 1: _ = try KeyringFile.describe(bytes)
            case 2: try open(sealed(bytes))
            case 3: try takePlaintext(bytes)
            case 4: try takeAnchor(bytes)
            default: try takeShare(bytes)
            }
        } catch {
            if case .memory = error { preconditionFailure("memory for nothing: \(error)") }
        }
    }

    /// A keyring file with this body, under the root key's MAC.
    private func sealed(_ body: [UInt8]) throws(SealError) -> [UInt8] {
        var body = body
        let total = UInt32(body.count + 64)
        if body.count >= 16 { body.replaceSubrange(12..<16, with: Input.encode(total)) }
        let key = try rootKey.subkey(.keyringFileMAC)
        let mac = key.withBytes { Self.digest(of: body, key: $0) }
        return body + mac
            + Self.digest(of: body + mac, key: UnsafeRawBufferPointer(start: nil, count: 0))
    }

    private static func digest(of bytes: [UInt8], key: UnsafeRawBufferPointer) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        bytes.withUnsafeBytes { bytes in
            digest.withUnsafeMutableBytes { KeyedHash.digest(of: bytes, key: key, into: $0) }
        }
        return digest
    }

    private func open(_ file: [UInt8]) throws(SealError) {
        _ = try KeyringFile.describe(file)
        let opened = try KeyringFile.openAll(file, of: scratch.path, with: Fixture.credential())
        use(opened)
    }

    /// All that an unseal asks of it.
    private func use(_ opened: OpenedKeyring) {
        do throws(SealError) {
            _ = opened.cipher.gaps
            _ = try opened.live.dataKeys()
            _ = try opened.live.archiveKeys().publicHalf(parent: 1)
        } catch {}
        opened.cipher.close()
        opened.live.close()
        opened.stateHashKey.close()
    }

    /// A keyring that says what the input does, wrapped as it should be.
    private func takePlaintext(_ bytes: [UInt8]) throws(SealError) {
        guard !bytes.isEmpty else { return }
        var copy = bytes
        let secret = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(wiping: &copy)
        }
        let keyring = try Keyring(decoding: secret)
        var document = document
        document.timeline = keyring.currentTimeline
        document.wrappedKeyring = try KeyringWrapping.wrap(
            keyring, storeID: storeID, rootKey: rootKey)
        try open(try document.encoded(rootKey: rootKey))
    }

    private func takeAnchor(_ bytes: [UInt8]) throws(SealError) {
        let mac = try stateHashKey.mac(of: Array("vd-anch1".utf8) + bytes, count: 32)
        let path = scratch.file("anchor")
        do { try ScratchDirectory.write(bytes + mac, to: path) } catch {
            preconditionFailure("\(error)")
        }
        let file = AnchorFile(path: path, storeID: storeID)
        guard let anchor = try file.read(key: stateHashKey) else { return }
        try file.write(anchor, key: stateHashKey)
        require(try file.read(key: stateHashKey) == anchor, "an anchor is read as it was written")
    }

    private func takeShare(_ bytes: [UInt8]) throws(SealError) {
        bytes.withUnsafeBytes { bytes in
            do throws(ShareError) { _ = try Share(text: bytes) } catch {}
        }
        guard bytes.count == ShareFormat.byteCount else { return }
        // As text with a right checksum.
        var text = [UInt8](repeating: 0, count: ShareFormat.textCount)
        text.withUnsafeMutableBytes { text in
            bytes.withUnsafeBytes { ShareFormat.write($0, to: text) }
            do throws(ShareError) { _ = try Share(text: UnsafeRawBufferPointer(text)) } catch {}
        }
    }

    var seeds: [[UInt8]] {
        let current = CurrentFile(storeID: storeID, timelineNumber: 3).text
        do throws(SealError) {
            let file = try document.encoded(rootKey: rootKey)
            let anchor = Anchor(timeline: 1, revision: 9, keyringGeneration: 2, accessNumber: 1)
            try AnchorFile(path: scratch.file("anchor"), storeID: storeID)
                .write(anchor, key: stateHashKey)
            guard
                let bytes = try DurableFile(directory: scratch.path, name: "anchor")
                    .read(limit: 96)
            else { preconditionFailure("the anchor was written") }
            return [
                [0] + Array(current.utf8), [1] + file, [2] + Array(file.dropLast(64)),
                [3] + plaintext,
                [3] + plaintext + [1, 0, 0, 0, 8, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0],
                [4] + Array(bytes.dropLast(32)),
                [5] + [1, 1, 2, 3, 4, 2, 3, 1]
                    + [UInt8](repeating: 6, count: 32),
            ]
        } catch { preconditionFailure("the fixture is written: \(error)") }
    }
}
