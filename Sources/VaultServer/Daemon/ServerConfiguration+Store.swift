import VaultStore

extension ServerConfiguration {
    /// The part that the store enforces.
    var store: StoreConfiguration {
        var store = StoreConfiguration(quotaBytes: Int64(quotaBytes))
        store.retention = retention
        store.watchProgressInterval = .milliseconds(watchProgressInterval)
        store.rewrapRate = rewrapRate
        if unsealThreads > 0 { store.scanThreads = unsealThreads }
        return store
    }
}
