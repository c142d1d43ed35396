public import Sodium

/// Why a keyring or a record did not open, or could not be made.
public enum SealError: Error, Equatable, Sendable {
    /// The directory has no keyring file. Run init, or point at the right directory.
    case notInitialized
    /// The directory has a keyring file already. It is never overwritten by init.
    case alreadyInitialized
    /// The credential opens no slot of its kind. Try another.
    case wrongKey
    /// The bytes are not what vaultd wrote, or stand where they do not belong; `what` says which.
    /// Restore a backup.
    case damaged(what: String)
    /// Written by a vaultd that is newer than this one. Use that version.
    case unsupportedFormat(version: Int)
    /// A record names a data key that the keyring does not have: it comes from elsewhere, or the
    /// keyring is older than the record.
    case unknownDataKey(number: UInt32)
    /// The vault has no slot that a credential of this kind could open.
    case noSlotOfThatKind
    /// The file asks for a cost outside the safe bounds; the text says which and what is safe.
    case unsafeParameters(String)
    /// No such slot or key can be made; the text says why and what to give instead.
    case invalidSlot(String)
    /// There is no slot with this id. List them.
    case noSuchSlot(id: UInt32)
    /// It is the last slot: without it nobody opens the vault again. Add another first.
    case lastSlot
    /// The vault does not know enough of the slot, which an older vaultd made, to wrap a new root
    /// key for it. Replace it first.
    case slotNeedsItsCredential(id: UInt32)
    /// The slot was given its root key by a vaultd whose way to do so anybody could have gone who
    /// had seen the keyring: it may be another vault's. Open the vault with another slot.
    case unprovenSlot(id: UInt32)
    /// Records are still sealed under a data key that was to be retired.
    case dataKeyInUse(number: UInt32)
    /// The cipher was closed: its keys are wiped. Unseal again.
    case closed
    /// No guarded memory for a key.
    case memory(SodiumError)
    /// A system call failed.
    case system(errno: Int32, operation: String)

    /// Runs `body`, whose failures here are always about memory or libsodium itself.
    static func memory<R: ~Copyable>(
        _ body: () throws(SodiumError) -> R
    ) throws(SealError) -> R {
        do throws(SodiumError) {
            return try body()
        } catch {
            throw .memory(error)
        }
    }
}
