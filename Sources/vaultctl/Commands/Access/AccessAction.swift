import ArgumentParser
import VaultAPI

/// What may be done with keys.
enum AccessAction: String, ExpressibleByArgument, CaseIterable {
    /// Read values, and list keys of a range.
    case read
    /// Put and delete.
    case write
    /// Read a key by its name, and list nothing.
    case get

    var message: Vault_V1_Action {
        switch self {
        case .read: .read
        case .write: .write
        case .get: .get
        }
    }
}
