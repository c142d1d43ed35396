/// Why the configuration is refused; `description` names the key, the value and what is allowed.
public enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case unknownKey(path: String, key: String)
    case invalid(key: String, value: String, allowed: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read \(path): \(reason); correct the file or name another with --config"
        case .unknownKey(let path, let key):
            "unknown key '\(key)' in \(path); see config/vaultd.yaml for the keys there are"
        case .invalid(let key, let value, let allowed):
            "\(key) is '\(value)', allowed is \(allowed); change it in the file or in "
                + "VAULTD_\(key.uppercased())"
        }
    }
}
