import VaultAPI
import VaultClient

/// The slots of a new vault, and the key file made for it.
struct InitPlan {
    private(set) var request = Vault_V1_InitRequest()
    /// The key file of a slot, new or not.
    private(set) var keyFilePath: String?
    /// A key file that did not exist before.
    private(set) var createdKeyFile: String?

    init(administrators: [String] = []) {
        request.administrators = administrators
    }

    mutating func collect(
        from options: CredentialOptions, _ slots: SlotOptions
    ) throws(CommandFailure) {
        if let path = options.passphraseFile {
            try add(passphrase: SecretFile.passphrase(at: path))
        }
        if options.passphraseFile == nil && options.keyfile == nil && slots.count == 0 {
            try CredentialOptions.requireTerminal()
            try add(
                passphrase: Prompt.confirmedSecret(
                    "passphrase of the new vault", limit: SecretFile.passphraseBytesMax))
        }
        request.slots += slots.slots()
        // Last, so that a mistake above leaves no new file behind.
        if let path = options.keyfile { try add(keyFile: path) }
    }

    /// Names every slot.
    mutating func label(_ label: String) {
        for index in request.slots.indices { request.slots[index].label = label }
    }

    /// The slot of a plan that has one.
    func onlySlot() throws(CommandFailure) -> Vault_V1_NewSlot {
        guard let slot = request.slots.first, request.slots.count == 1 else {
            throw CommandFailure(.usage, "this makes one slot", nextStep: "give one key")
        }
        return slot
    }

    private mutating func add(passphrase: consuming SecretBuffer) {
        var slot = Vault_V1_NewSlot()
        slot.passphrase = passphrase.data()
        request.slots.append(slot)
    }

    private mutating func add(keyFile path: String) throws(CommandFailure) {
        var slot = Vault_V1_NewSlot()
        if KeyFile.exists(path) {
            slot.keyfile = try KeyFile.read(path).data()
        } else {
            slot.keyfile = try KeyFile.create(path).data()
            createdKeyFile = path
        }
        keyFilePath = path
        request.slots.append(slot)
    }

    /// Takes a new key file back when it is certain that no vault uses it; says so otherwise.
    func abandon(after error: VaultClientError) -> CommandFailure {
        let failure = CommandFailure(error)
        guard let path = createdKeyFile else { return failure }
        switch error.category {
        case .alreadyDone, .denied, .unsupportedMethod, .invalidRequest, .sealed,
            .notInitialized, .unsupportedFormat, .overloaded:
            KeyFile.remove(path)
            return failure
        case .notFound:
            // Of a slot that was to be replaced.
            KeyFile.remove(path)
            return failure
        case .unreachable, .wrongKey, .damaged, .compacted, .futureRevision, .noSpace,
            .timedOut, .cancelled, .other:
            return CommandFailure(
                failure.status, failure.message,
                nextStep: "keep \(path) until 'vaultctl status' shows if the vault uses it")
        }
    }
}
