import Logging
import Synchronization
import VaultSeal
import VaultStore

extension Vault {
    /// The anchor file of this vault, when one is configured.
    func anchorFile(_ storeID: StoreID) -> AnchorFile? {
        anchorPath.isEmpty ? nil : AnchorFile(path: anchorPath, storeID: storeID)
    }

    /// Writes down elsewhere how far the vault is, unless that is there already. Waits for two
    /// disks; not on an event loop.
    func writeAnchor(_ open: OpenVault) {
        guard !open.store.isReadOnly, let file = anchorFile(open.cipher.storeID) else { return }
        do throws(StoreError) {
            let moment = try open.store.moment()
            do throws(SealError) {
                let anchor = Freshness.anchor(
                    moment, open.cipher.timeline, generation: try open.keyring.generation())
                guard state.withLock({ $0.anchor }) != anchor else { return }
                try file.write(anchor, key: open.stateHashKey)
                state.withLock { $0.anchor = anchor }
            } catch {
                logger.error("the anchor file is not written", metadata: ["error": "\(error)"])
            }
        } catch {
            // The store closes, or its file failed: it is no further than the last anchor says.
        }
    }

    /// The same soon, when the vault is open.
    func writeAnchorSoon() {
        guard !anchorPath.isEmpty else { return }
        _ = anchorThread.submit {
            do throws(VaultError) { self.writeAnchor(try self.open()) } catch {
                // Sealed: the last anchor was written with the seal.
            }
        }
    }
}
