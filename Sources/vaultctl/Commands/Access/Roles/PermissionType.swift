import ArgumentParser
import VaultAPI

/// What a permission of a role is for.
enum PermissionType: String, ExpressibleByArgument, CaseIterable {
    case read
    case write
    case readwrite
    /// Read a key by its name, and list nothing.
    case get

    var message: Authpb_Permission.TypeEnum {
        switch self {
        case .read: .read
        case .write: .write
        case .readwrite: .readwrite
        case .get: .get
        }
    }
}
