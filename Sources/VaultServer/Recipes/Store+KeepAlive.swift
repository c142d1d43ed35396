import VaultStore

extension Store {
    /// Gives a lease its whole time again, and returns that; nil when it is over.
    ///
    /// In a restored vault that nobody has accepted no lease is: each begins with its whole time
    /// when somebody does, so its client need not give up what hangs on it.
    func keepAlive(_ id: LeaseID) throws(StoreError) -> Duration? {
        if let ttl = try renew(id) { return ttl }
        guard quarantinedSince != nil else { return nil }
        return try timeToLive(of: id, wantsKeys: false)?.granted
    }
}
