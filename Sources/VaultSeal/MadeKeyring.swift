/// A keyring that is not on the disk yet.
struct MadeKeyring: ~Copyable {
    let document: KeyringDocument
    let file: [UInt8]
    let keyring: Keyring
    let rootKey: RootKey

    /// What it is when its file is there.
    consuming func opened(in directory: String) throws(SealError) -> OpenedKeyring {
        guard let slot = document.slots.first?.description else {
            preconditionFailure("a new keyring has a slot")
        }
        return try OpenedKeyring(
            directory: directory, document: document, file: file, keyring: keyring,
            rootKey: rootKey, slot: slot)
    }
}
