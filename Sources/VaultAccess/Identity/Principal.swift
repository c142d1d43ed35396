/// Somebody whom the kernel vouches for, as rules name them. A user of the access book with such a
/// name belongs to every connection that has the principal, without a password.
public enum Principal: Hashable, Sendable {
    case userID(UInt32)
    /// A user by the name that the system's user database has for it.
    case user(String)
    case groupID(UInt32)
    case group(String)
    /// A systemd service, by its full name: "web.service".
    case unit(String)

    /// The longest name of any kind; systemd's own limit for units.
    public static let nameCountMax = 255

    /// From "uid:1000", "user:alice", "gid:1000", "group:staff" or "unit:web.service"; nil for
    /// everything else. One principal has one text: "uid:01000" is none.
    public init?(_ text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        // By bytes: as characters, a colon and a combining mark after it are one.
        let name = String(text[text.utf8.index(after: colon)...])
        switch text[..<colon] {
        case "uid":
            guard let id = Self.id(name) else { return nil }
            self = .userID(id)
        case "gid":
            guard let id = Self.id(name) else { return nil }
            self = .groupID(id)
        case "user":
            guard Self.isAccountName(name) else { return nil }
            self = .user(name)
        case "group":
            guard Self.isAccountName(name) else { return nil }
            self = .group(name)
        case "unit":
            guard Self.isUnitName(name) else { return nil }
            self = .unit(name)
        default: return nil
        }
    }

    /// Whether the text looks like a principal, right or wrong: no user with a password may be
    /// called so.
    public static func isReserved(_ text: String) -> Bool {
        // By bytes: a combining mark after the colon does not make it a plain name.
        ["uid:", "user:", "gid:", "group:", "unit:"].contains {
            text.utf8.starts(with: $0.utf8)
        }
    }

    private static func id(_ text: String) -> UInt32? {
        guard let id = UInt32(text), String(id) == text, id != UInt32.max else { return nil }
        return id
    }

    /// What useradd(8) takes, and capitals and dots, which other databases have.
    private static func isAccountName(_ text: String) -> Bool {
        guard (1...nameCountMax).contains(text.utf8.count), text != ".", text != ".." else {
            return false
        }
        return text.utf8.enumerated().allSatisfy { offset, byte in
            isAlphanumeric(byte) || byte == UInt8(ascii: "_")
                || (offset > 0 && "-.@$".utf8.contains(byte))
        }
    }

    /// systemd.unit(5), for services.
    static func isUnitName(_ text: String) -> Bool {
        let suffix = ".service"
        guard text.hasSuffix(suffix),
            (suffix.utf8.count + 1...nameCountMax).contains(text.utf8.count)
        else { return false }
        return text.utf8.allSatisfy { isAlphanumeric($0) || ":-_.\\@".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension Principal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .userID(let id): "uid:\(id)"
        case .user(let name): "user:\(name)"
        case .groupID(let id): "gid:\(id)"
        case .group(let name): "group:\(name)"
        case .unit(let name): "unit:\(name)"
        }
    }
}
