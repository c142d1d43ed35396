import VaultAccess
import VaultSeal

/// What the parts of the vault say that vaultctl uses itself.
extension CommandFailure {
    init(_ error: SealError) {
        switch error {
        case .notInitialized:
            self.init(
                .failed, "there is no keyring in the data directory",
                nextStep: "give the directory that vaultd was started with")
        case .alreadyInitialized: self.init(.failed, "the directory has a keyring already")
        case .wrongKey:
            self.init(.wrongKey, "the key opens no slot", nextStep: "try another key")
        case .noSlotOfThatKind:
            self.init(
                .wrongKey, "the vault has no slot for a key of this kind",
                nextStep: "see 'vaultctl status'")
        case .damaged(let what):
            self.init(.damaged, "damaged: \(what)", nextStep: "restore a backup of the keyring")
        case .unsupportedFormat(let version):
            self.init(
                .unsupportedFormat, "the keyring has format \(version), which is not supported",
                nextStep: "use the version of vaultctl that belongs to vaultd")
        case .unknownDataKey(let number):
            self.init(.damaged, "the keyring has no data key \(number)")
        case .unsafeParameters(let text), .invalidSlot(let text): self.init(.failed, text)
        case .noSuchSlot(let id): self.init(.notFound, "there is no key slot \(id)")
        case .lastSlot: self.init(.failed, "it is the last key slot", nextStep: "add another first")
        case .slotNeedsItsCredential(let id):
            self.init(.failed, "key slot \(id) is too old", nextStep: "replace it first")
        case .unprovenSlot(let id):
            self.init(
                .damaged, "key slot \(id) may be of a vault that was put in the place of another",
                nextStep: "use the key of another slot")
        case .dataKeyInUse(let number):
            self.init(.failed, "records are still sealed under data key \(number)")
        case .closed: self.init(.failed, "the keys were closed")
        case .memory:
            self.init(
                .failed, "no locked memory for the keys",
                nextStep: "raise the limit with 'ulimit -l'")
        case .system(let code, let operation):
            self.init(.failed, "cannot \(operation): \(SystemFailure.text(code))")
        }
    }

    init(_ error: AuditError) {
        switch error {
        case .unsafe(let text): self.init(.failed, text)
        case .system(let code, let operation), .unwritable(let code, let operation):
            self.init(.failed, "cannot \(operation): \(SystemFailure.text(code))")
        case .reserveOnly: self.init(.failed, "the disk is full")
        case .broken(let trouble): self.init(.damaged, trouble.reason)
        case .closed: self.init(.failed, "the audit log is closed")
        }
    }
}
