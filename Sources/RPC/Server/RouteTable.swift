/// Routes by the bytes of their path, looked up without making a `String`.
struct RouteTable: Sendable {
    private struct Slot {
        var hash: UInt64
        var path: [UInt8]
        var route: Route
    }

    /// Open addressing, at most half full, so that a probe ends.
    private var slots: [Slot?]
    private let services: Set<Substring>

    init(_ routes: [Route]) {
        var capacity = 8
        while capacity < routes.count * 2 + 1 { capacity *= 2 }
        slots = Array(repeating: nil, count: capacity)
        services = Set(routes.compactMap { Self.split($0.path)?.service })
        for route in routes {
            let path = Array(route.path.utf8)
            let hash = path.withUnsafeBytes(Self.hash)
            var index = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while let other = slots[index] {
                precondition(other.path != path, "two routes have the path \(route.path)")
                index = (index + 1) & (capacity - 1)
            }
            slots[index] = Slot(hash: hash, path: path, route: route)
        }
    }

    func route(_ path: UnsafeRawBufferPointer) -> Route? {
        let hash = Self.hash(path)
        var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while let slot = slots[index] {
            if slot.hash == hash, slot.path.count == path.count,
                slot.path.withUnsafeBytes({ $0.elementsEqual(path) })
            {
                return slot.route
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
