/// The paths that vaultd needs once it has started, and nothing else.
///
/// A directory of its own is named whole, because files in it are replaced, not rewritten. The
/// accounts' files are replaced as well, so `/etc` is readable; what is secret there has modes.
public struct ConfinementPlan: Sendable {
    private(set) var rules: [PathRule]
    /// Made before it is named, when it is missing.
    let ownDirectory: String?

    /// - Parameter isDevelopment: a throw-away vault, which makes its directory where temporary
    ///   files belong.
    public init(
        _ configuration: ServerConfiguration, isDevelopment: Bool, environment: [String: String]
    ) {
        rules = Self.system
        if isDevelopment {
            ownDirectory = nil
            change(PrivateDirectory.parent(environment: environment))
        } else {
            ownDirectory = configuration.dataDirectory
            change(configuration.dataDirectory)
        }
        change(Self.directory(of: configuration.socket))
        if !configuration.anchorFile.isEmpty {
            change(Self.directory(of: configuration.anchorFile))
        }
        if !configuration.keyfile.isEmpty { read(configuration.keyfile) }
        // systemd's LoadCredential=: what is in there was meant for this service.
        if let credentials = environment["CREDENTIALS_DIRECTORY"], !credentials.isEmpty {
            read(credentials)
        }
    }

    /// Allows a file or a directory to be read, with all below.
    public mutating func read(_ path: String) {
        rules.append(PathRule(path: path, rights: .read))
    }

    /// Allows a directory to be changed, with all below.
    public mutating func change(_ path: String) {
        rules.append(PathRule(path: path, rights: .readAndChange))
    }

    /// What the machine's libraries look at: who callers are, which services they belong to, what
    /// accounts are called (a name service is a library that is loaded when it is needed), and
    /// what time it is where.
    private static let system =
        [
            "/proc", "/etc", "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo",
            "/run/systemd/userdb", "/sys/fs/cgroup", "/sys/devices/system/cpu", "/dev/urandom",
        ].map { PathRule(path: $0, rights: .read) }
        + [PathRule(path: "/dev/null", rights: [.readFile, .writeFile])]

    /// "/run/vaultd/vaultd.sock" -> "/run/vaultd"; "vaultd.sock" -> "."
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
