/// What etcd takes for addresses of a member.
enum PeerURLs {
    private static let schemes = ["http://", "https://", "unix://", "unixs://"]

    /// At least one, and each a scheme, a host and a port, without a path.
    static func areValid(_ urls: [String]) -> Bool {
        !urls.isEmpty && urls.allSatisfy(isValid)
    }

    private static func isValid(_ url: String) -> Bool {
        guard let scheme = schemes.first(where: url.hasPrefix) else { return false }
        let rest = url.dropFirst(scheme.count)
        guard !rest.contains(where: { "/?# ".contains($0) }),
            let colon = rest.lastIndex(of: ":")
        else { return false }
        let host = rest[..<colon]
        // An IPv6 address has colons of its own, and brackets around them.
        guard !host.contains(":") || (host.hasPrefix("[") && host.hasSuffix("]")) else {
            return false
        }
        return rest[colon...].dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
    }
}
