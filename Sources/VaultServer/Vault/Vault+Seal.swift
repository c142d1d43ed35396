import Logging
import Synchronization
import VaultSeal
import VaultStore

extension Vault {
    /// Forgets the keys. New calls are refused at once; `completion` runs when those under way have
    /// finished and the store is closed.
    func seal(completion: @escaping @Sendable (Result<Void, VaultError>) -> Void) {
        typealias Step = Lifecycle<OpenVault>.SealStep
        let decision = state.withLock { state -> Result<Step, VaultError> in
            let step = Result { () throws(VaultError) in try state.lifecycle.beginSeal() }
            if case .success(let step) = step {
                switch step {
                case .close, .wait: state.sealWaiters.append { completion(.success(())) }
                case .sealedAlready: break
                }
            }
            return step
        }
        switch decision {
        case .failure(let error): completion(.failure(error))
        case .success(.sealedAlready): completion(.success(()))
        case .success(.wait): break
        case .success(.close(let open)): close(open)
        }
    }

    /// Ends a session that new calls do not get any more.
    func close(_ open: OpenVault) {
        open.isClosing.store(true, ordering: .relaxed)
        access.close()
        notifyObservers()
        let job: @Sendable () -> Void = {
            self.noteKeyring(open)
            self.noteAudit(open)
            self.writeAnchor(open)
            open.store.close()
            // First, so that no change of the keys gives the cipher others after it was closed.
            open.keyring.close()
            // Whoever still holds the cipher holds no keys any more.
            open.cipher.close()
            open.stateHashKey.close()
            self.trail.lock()
            self.finishSeal()
        }
        // The queue has room for every opening that can be under way, and for this.
        precondition(storeThread.submit(job), "the store thread takes one closing at a time")
    }

    private func finishSeal() {
        logger.info("sealed")
        completeSeal { $0.lifecycle.finishSeal() }
    }

    /// Changes the state and tells those who wait for the seal to end.
    func completeSeal(_ change: (inout sending State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            let waiters = state.sealWaiters
            state.sealWaiters = []
            return waiters
        }
        for waiter in waiters { waiter() }
    }
}
