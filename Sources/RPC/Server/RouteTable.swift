/// Routes by the bytes of their path, looked up without making a `String`, and without counting
/// references but the one that is returned.
final class RouteTable: Sendable {
    private struct Slot {
        var hash: UInt64
        /// Where in `paths`.
        var path: Range<Int>
        /// Where in `routes`.
        var route: Int
    }

    /// Open addressing, at most half full, so that a probe ends.
    private let slots: [Slot?]
    private let paths: [UInt8]
    private let routes: [Route]
    private let services: Set<Substring>

    init(_ routes: [Route]) {
        var capacity = 8
        while capacity < routes.count * 2 + 1 { capacity *= 2 }
        var slots: [Slot?] = Array(repeating: nil, count: capacity)
        var paths: [UInt8] = []
        for (number, route) in routes.enumerated() {
            let start = paths.count
            paths += route.path.utf8
            let path = start..<paths.count
            let hash = paths[path].withUnsafeBytes(Self.hash)
            var index = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while let other = slots[index] {
                precondition(
                    paths[other.path] != paths[path], "two routes have the path \(route.path)")
                index = (index + 1) & (capacity - 1)
            }
            slots[index] = Slot(hash: hash, path: path, route: number)
        }
        self.slots = slots
        self.paths = paths
        self.routes = routes
        services = Set(routes.compactMap { Self.split($0.path)?.service })
    }

    func route(_ path: UnsafeRawBufferPointer) -> Route? {
        let hash = Self.hash(path)
        var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while let slot = slots[index] {
            if slot.hash == hash, slot.path.count == path.count,
                paths.withUnsafeBytes({ $0[slot.path].elementsEqual(path) })
            {
                return routes[slot.route]
            }
            index = (index + 1) & (slots.count - 1)
        }
        return nil
    }

    /// What a call to a path without a route gets: the words of grpc-go, which clients match.
    func refusal(of path: String) -> Status {
        guard let (service, method) = Self.split(path) else {
            return Status(.unimplemented, "malformed method name: \"\(path)\"")
        }
        return services.contains(service)
            ? Status(.unimplemented, "unknown method \(method) for service \(service)")
            : Status(.unimplemented, "unknown service \(service)")
    }

    /// "/etcdserverpb.KV/Range" -> ("etcdserverpb.KV", "Range")
    private static func split(_ path: String) -> (service: Substring, method: Substring)? {
        guard path.first == "/" else { return nil }
        let name = path.dropFirst()
        guard let slash = name.lastIndex(of: "/") else { return nil }
        return (name[..<slash], name[name.index(after: slash)...])
    }

    /// FNV-1a. Paths of routes are ours; a client can only choose which probe fails.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        return hash
    }
}
