import VaultStore

/// An event as field 11 of a `WatchResponse`, with tag and length.
enum WatchEventEncoding {
    static func field(_ event: WatchEvent, withPrevious: Bool) -> Bytes {
        let kv = KeyValueSize(
            key: event.key, value: event.value, create: event.createRevision,
            mod: event.modRevision, version: event.version, lease: event.lease)
        var content = WireSize.number(event.isDelete ? 1 : 0) + message(kv.count)
        let previous = withPrevious ? event.previous : nil
        var previousSize: KeyValueSize?
        if let previous {
            let size = KeyValueSize(
                key: previous.key, value: previous.value, create: previous.createRevision,
                mod: previous.modRevision, version: previous.version, lease: previous.lease)
            previousSize = size
            content += message(size.count)
        }
        let total = message(content)
        return Bytes(unsafeUninitializedCapacity: total) { output, count in
            count = total
            guard let base = output.baseAddress else { return }
            var fields = RawFields(UnsafeMutableRawPointer(base))
            fields.start(11, count: content)
            fields.number(1, event.isDelete ? 1 : 0)
            kv.write(2, to: &fields)
            previousSize?.write(3, to: &fields)
        }
    }

    /// A nested message, also an empty one.
    fileprivate static func message(_ count: Int) -> Int {
        1 + WireSize.varint(UInt64(count)) + count
    }
}

/// An `mvccpb.KeyValue` whose length is known.
private struct KeyValueSize {
    let key: Bytes
    let value: Bytes
    let create: Revision
    let mod: Revision
    let version: Int64
    let lease: LeaseID

    var count: Int {
        WireSize.bytes(key.count) + WireSize.number(create.rawValue)
            + WireSize.number(mod.rawValue) + WireSize.number(version)
            + WireSize.bytes(value.count) + WireSize.number(lease.rawValue)
    }

    func write(_ field: UInt8, to fields: inout RawFields) {
        fields.start(field, count: count)
        key.withUnsafeBytes { fields.bytes(1, $0) }
        fields.number(2, create.rawValue)
        fields.number(3, mod.rawValue)
        fields.number(4, version)
        value.withUnsafeBytes { fields.bytes(5, $0) }
        fields.number(6, lease.rawValue)
    }
}
