import LMDB
public import VaultSeal

extension Store {
    /// Opens, to be read only, what verifies of a damaged store, and says what does not.
    ///
    /// What verifies is copied to a file of its own below `directory`, which goes with the store;
    /// the damaged file is not changed. Reads answer as if what is damaged had never been written:
    /// where a deletion is missing, the key is there again.
    ///
    /// Throws `.damaged` when nothing can be read at all, `.diskFull` when there is no room for
    /// the copy.
    public static func openDamaged(
        in directory: String, cipher: RecordCipher, stateHashKey: StateHashKey,
        configuration: StoreConfiguration = StoreConfiguration(),
        progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
    ) throws(StoreError) -> (store: Store, report: DamageReport) {
        CopyDirectory.removeLeftovers(in: directory)
        let copy = try SalvageDirectory(in: directory)
        let path = directory + "/data.mdb"
        var salvage = try Salvage(
            of: path, into: copy.path, cipher: cipher, stateHashKey: stateHashKey,
            progress: progress)
        let report = try salvage.run()
        var loader = try StoreLoader(
            path: copy.path + "/data.mdb", cipher: cipher, stateHashKey: stateHashKey,
            threads: configuration.scanThreads, progress: nil)
        loader.isSalvaged = true
        let loaded = try loader.load()
        let log = try RecordLog.open(
            in: copy.path, cipher: cipher, stateHashKey: stateHashKey)
        let powerCut = PowerCut(directory: copy.path)
        let store = Store(
            log: log, loaded: loaded, directory: copy.path, configuration: configuration,
            powerCut: powerCut, salvaged: copy)
        return (store, report)
    }
}
