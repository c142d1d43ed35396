import NIOCore
import Synchronization
import VaultStore

/// The open vault for the calls of one event loop.
///
/// With one lock and one object for all, loops would wait for each other at every call: for the
/// lock, and for the line of cache in which references to the object are counted. The vault opens
/// and shuts its doors under its own lock, with its phase.
final class VaultDoor: Sendable {
    /// The open vault, by an object to which the door's loop alone counts references.
    final class Entry: Sendable {
        let open: OpenVault
        // Of its own: what is reached through `open` would be kept with a reference meanwhile.
        private let store: Store
        private let header: ResponseHeader

        init(_ open: OpenVault) {
            self.open = open
            store = open.store
            header = open.header
        }

        /// The answer to a range; nil when it is too much work for an event loop.
        func range(_ query: RangeQuery) throws(StoreError) -> ByteBuffer? {
            var sink = RangeResponseSink()
            guard let summary = try store.range(query, into: &sink) else { return nil }
            return sink.finish(summary, header: header)
        }
    }

    private let state = Mutex<Entry?>(nil)

    /// nil when the vault is not open.
    var entry: Entry? { state.withLock { $0 } }

    /// Under the vault's lock.
    func set(_ open: OpenVault?) {
        let entry = open.map(Entry.init)
        state.withLock { $0 = entry }
    }
}
