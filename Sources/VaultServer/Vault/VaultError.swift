import VaultAccess
import VaultSeal
import VaultStore

/// What the vault as a whole refuses or cannot do.
enum VaultError: Error, Equatable, Sendable {
    /// There is no keyring yet. Initialise first.
    case notInitialized
    /// There is a keyring already; another would make its records unreadable for good.
    case alreadyInitialized
    /// The keys are not in memory. Unseal first.
    case sealed
    /// The keys are in memory already.
    case alreadyUnsealed
    /// Another init, unseal or seal is under way. Wait for it.
    case busy
    /// Too many attempts to unseal wait already. Try again later.
    case tooManyAttempts
    /// The request makes no sense; the text says what to change.
    case invalidRequest(String)
    /// The vault was asked for something that it does not know how to do yet.
    case unsupported(String)
    /// A share was refused; those that came before it stay good.
    case share(ShareError)
    /// A share opens no slot of this vault: it is another vault's, or of a slot that was replaced.
    case foreignShare(set: UInt32)
    case seal(SealError)
    case store(StoreError)
    case directory(DataDirectoryError)
    /// The audit log cannot be opened, or not be written. Nothing is served without it.
    case audit(AuditError)
    /// The archive is of another life of the vault: it was restored since.
    case archiveOfAnotherTimeline
    /// The rules of access cannot be read or made.
    case access(AccessError)
}
