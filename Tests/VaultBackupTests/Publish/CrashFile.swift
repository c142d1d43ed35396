/// A file of which not all may be on the disk yet.
struct CrashFile {
    private enum Change {
        case write(at: Int, [UInt8])
        case resize(Int)

        /// A write that only half came to be.
        var torn: Change {
            guard case .write(let offset, let bytes) = self else { return self }
            return .write(at: offset, Array(bytes.prefix(bytes.count / 2)))
        }
    }

    private var durable: [UInt8]
    private var written: [UInt8]
    private var changes: [Change] = []

    init(_ bytes: [UInt8] = []) {
        durable = bytes
        written = bytes
    }

    mutating func write(_ bytes: [UInt8], at offset: Int?) {
        change(.write(at: offset ?? written.count, bytes))
    }

    mutating func resize(to count: Int) { change(.resize(count)) }

    mutating func synchronize() {
        durable = written
        changes = []
    }

    private mutating func change(_ change: Change) {
        changes.append(change)
        Self.apply(change, to: &written)
    }

    private static func apply(_ change: Change, to bytes: inout [UInt8]) {
        func resize(_ count: Int) {
            bytes.removeLast(max(bytes.count - count, 0))
            bytes += [UInt8](repeating: 0, count: count - bytes.count)
        }
        switch change {
        case .resize(let count): resize(count)
        case .write(let offset, let new):
            if bytes.count < offset + new.count { resize(offset + new.count) }
            bytes.replaceSubrange(offset..<(offset + new.count), with: new)
        }
    }

    /// What may be left of it: nothing new, the first half, the second half without the first, all.
    var possible: [[UInt8]] {
        guard !changes.isEmpty else { return [written] }
        let half = changes.count / 2
        var parts: [ArraySlice<Change>] = [
            [], changes[..<half] + [changes[half].torn], changes[...],
        ]
        if half > 0 { parts.append(changes[half...]) }
        return parts.map { part in
            var bytes = durable
            for change in part { Self.apply(change, to: &bytes) }
            return bytes
        }
    }
}
