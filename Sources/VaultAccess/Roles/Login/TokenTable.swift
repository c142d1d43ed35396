import Sodium

/// Who has logged in: tokens, each good for a user and for some time after its last use. In memory
/// only, so that a restart ends them all, like etcd's simple tokens.
///
/// It keeps keyed hashes, not tokens. Looking one up takes a time that says nothing about others:
/// whoever guesses does not know which hash a guess has.
public struct TokenTable: Sendable {
    private struct Entry {
        let user: AccessName
        /// The whole of what the entry was found by, for a comparison in constant time.
        let digest: [UInt8]
        /// The time of the clock at which it ends.
        var end: Duration
    }

    /// Random bytes that the caller gives for each token.
    public static let randomCount = 32
    /// Random bytes of the key of the hashes, and bytes of those.
    public static let keyCount = 32

    private var entries: [[UInt8]: Entry] = [:]
    private var counts: [AccessName: Int] = [:]
    private var issuedCount: UInt64 = 0
    private let key: [UInt8]
    private let ttl: Duration
    private let perUserMax: Int
    private let totalMax: Int

    /// `key` are `keyCount` random bytes, new for each table.
    public init(key: [UInt8], ttl: Duration = AccessLimits.tokenTTLDefault) {
        self.init(
            key: key, ttl: ttl, perUserMax: AccessLimits.tokensPerUserMax,
            totalMax: AccessLimits.tokensMax)
    }

    init(key: [UInt8], ttl: Duration, perUserMax: Int, totalMax: Int) {
        precondition(key.count == Self.keyCount, "wrong key size")
        self.key = key
        self.ttl = ttl
        self.perUserMax = perUserMax
        self.totalMax = totalMax
    }

    public var count: Int { entries.count }

    /// A new token for a user whose password was right, to be sent to it and kept nowhere:
    /// `randomCount` bytes as base64url, a full stop, and a number.
    ///
    /// Where there is no room, the token goes that was unused longest: the user's own, or of all.
    public mutating func issue(random: [UInt8], for user: String, now: Duration) -> String {
        precondition(random.count == Self.randomCount, "wrong size of a token")
        let name = AccessName(user)
        if entries.count >= totalMax { removeEnded(now: now) }
        if counts[name, default: 0] >= perUserMax { removeOldest { $0.user == name } }
        if entries.count >= totalMax { removeOldest { _ in true } }
        issuedCount += 1
        let token = "\(Self.base64URL(random)).\(issuedCount)"
        let digest = digest(of: token)
        entries[digest] = Entry(user: name, digest: digest, end: now + ttl)
        counts[name, default: 0] += 1
        return token
    }

    /// Whose token it is; it is then good for its whole time again. Throws `.invalidToken`.
    public mutating func user(ofToken token: String, now: Duration) throws(AccessError) -> String {
        let digest = digest(of: token)
        guard let entry = entries[digest] else { throw .invalidToken }
        let isEqual = digest.withUnsafeBytes { digest in
            entry.digest.withUnsafeBytes { isEqualInConstantTime(digest, $0) }
        }
        guard isEqual else { throw .invalidToken }
        guard now < entry.end else {
            remove(digest)
            throw .invalidToken
        }
        entries[digest]?.end = now + ttl
        return entry.user.text
    }

    /// Ends the tokens that a change of the book, once made, ends: a user's with its password or
    /// with the user, all with logins.
    public mutating func drop(after change: AccessChange) {
        switch change {
        case .deleteUser(let name), .changePassword(let name, _): drop(user: name)
        case .disableLogin: dropAll()
        case .addUser, .grantRole, .revokeRole, .addRole, .deleteRole, .grantPermission,
            .revokePermission, .enableLogin, .allow, .deny:
            break
        }
    }

    /// Ends all tokens of a user.
    public mutating func drop(user: String) {
        let name = AccessName(user)
        guard counts[name] != nil else { return }
        for digest in entries.filter({ $0.value.user == name }).keys { remove(digest) }
    }

    /// Ends all tokens: logins were turned off, the vault was sealed.
    public mutating func dropAll() {
        entries = [:]
        counts = [:]
    }

    /// Forgets tokens that have ended. They are no good anyway; this frees their memory.
    public mutating func removeEnded(now: Duration) {
        for digest in entries.filter({ $0.value.end <= now }).keys { remove(digest) }
    }

    private mutating func removeOldest(where isCandidate: (Entry) -> Bool) {
        let candidates = entries.filter { isCandidate($0.value) }
        if let oldest = candidates.min(by: { $0.value.end < $1.value.end }) { remove(oldest.key) }
    }

    private mutating func remove(_ digest: [UInt8]) {
        guard let entry = entries.removeValue(forKey: digest) else { return }
        let count = counts[entry.user, default: 0] - 1
        counts[entry.user] = count > 0 ? count : nil
    }

    private func digest(of token: String) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.keyCount)
        var token = token
        token.withUTF8 { token in
            key.withUnsafeBytes { key in
                digest.withUnsafeMutableBytes {
                    KeyedHash.digest(of: UnsafeRawBufferPointer(token), key: key, into: $0)
                }
            }
        }
        return digest
    }

    /// RFC 4648, section 5, without padding.
    private static func base64URL(_ bytes: [UInt8]) -> String {
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        var (bits, bitCount): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text.append(alphabet[Int(bits >> bitCount & 63)])
            }
            bits &= (1 << bitCount) - 1
        }
        if bitCount > 0 { text.append(alphabet[Int(bits << (6 - bitCount) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
