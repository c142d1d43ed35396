/// What a data directory holds.
enum DataDirectoryFile: String, CaseIterable {
    /// Says whose records these are; written last, so that a directory without it is no vault.
    case current = "CURRENT"
    /// `CURRENT` while it is being written, and the sign of an init that did not finish.
    case currentNew = "CURRENT.new"
    case keyring = "keyring"
    case records = "data.mdb"
    case readers = "lock.mdb"
    case lock = "LOCK"
    case audit = "audit"

    var rule: FileRule {
        switch self {
        case .audit: .directory
        case .current, .currentNew, .keyring, .records, .readers, .lock: .file
        }
    }
}
