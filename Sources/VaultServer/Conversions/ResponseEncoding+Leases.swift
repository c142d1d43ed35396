import NIOCore
import VaultStore

/// etcd's answers about leases.
extension ResponseEncoding {
    /// What follows the header of a `LeaseGrantResponse`.
    static func tail(of grant: LeaseGrant, to writer: inout WireWriter) {
        writer.number(2, grant.id.rawValue)
        writer.number(3, grant.ttl.components.seconds)
    }

    static func keepAlive(
        _ id: LeaseID, ttl: Duration, revision: Revision, header: ResponseHeader
    ) -> ByteBuffer {
        var writer = WireWriter()
        header.write(revision: revision.rawValue, to: &writer)
        writer.number(2, id.rawValue)
        writer.number(3, ttl.components.seconds)
        return writer.buffer
    }

    /// A lease that does not exist has minus one second, and the call succeeds.
    static func timeToLive(
        _ id: LeaseID, _ found: LeaseTimeToLive?, revision: Revision, header: ResponseHeader
    ) -> ByteBuffer {
        var writer = WireWriter()
        header.write(revision: revision.rawValue, to: &writer)
        writer.number(2, id.rawValue)
        // Whole seconds, the part of one dropped.
        writer.number(3, found?.remaining.components.seconds ?? -1)
        writer.number(4, found?.granted.components.seconds ?? 0)
        for key in found?.keys ?? [] { writer.bytes(5, key) }
        return writer.buffer
    }

    static func leases(
        _ ids: [LeaseID], revision: Revision, header: ResponseHeader
    ) -> ByteBuffer {
        var writer = WireWriter()
        header.write(revision: revision.rawValue, to: &writer)
        for id in ids { writer.message(2) { $0.number(1, id.rawValue) } }
        return writer.buffer
    }
}
