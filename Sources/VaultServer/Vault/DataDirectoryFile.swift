/// What a data directory holds.
enum DataDirectoryFile: String, CaseIterable {
    /// Says whose records these are; written last, so that a directory without it is no vault.
    case current = "CURRENT"
    /// The mark of an init that has not finished.
    case unfinished = "UNFINISHED"
    case keyring = "keyring"
    case records = "data.mdb"
    case readers = "lock.mdb"
    case lock = "LOCK"
    /// Made by the store while it is open.
    case running
    case audit = "audit"

    var rule: FileRule {
        switch self {
        case .audit: .directory
        case .current, .unfinished, .keyring, .records, .readers, .lock, .running: .file
        }
    }
}
