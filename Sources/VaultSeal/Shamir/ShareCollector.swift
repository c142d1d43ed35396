import Sodium

/// Takes the shares of a set one at a time. One that does not fit is refused and leaves the others
/// as they are.
public struct ShareCollector: ~Copyable, Sendable {
    private var set: ShareSet?
    private var indexes: [UInt8] = []
    /// Room for a threshold of values, so that no value is ever copied when another comes.
    private var values: SecretBytes?

    /// Nothing was given yet.
    public init() {}

    /// The set whose shares came, and how many; nil when none did.
    public var progress: (set: ShareSet, given: Int)? {
        self.set.map { ($0, indexes.count) }
    }

    /// Takes a share. With the last one that was missing it returns what they give, and forgets
    /// them all: whether it opens anything, the caller finds out.
    public mutating func add(_ share: consuming Share) throws(ShareError) -> Credential? {
        if let set {
            guard share.set == set else {
                throw .otherSet(expected: set.id, given: share.set.id)
            }
            guard !indexes.contains(share.index) else { throw .repeated(index: share.index) }
        }
        do throws(SealError) {
            return try take(share)
        } catch {
            if case .memory(let error) = error { throw .memory(error) }
            throw .malformed
        }
    }

    private mutating func take(_ share: borrowing Share) throws(SealError) -> Credential? {
        let size = SecretSharing.secretCount
        let threshold = Int(share.set.threshold)
        var room = try takeRoom(threshold * size)
        let place = indexes.count
        share.withValue { value in
            room.withMutableBytes { $0.part(place * size, size).copyMemory(from: value) }
        }
        indexes.append(share.index)
        set = share.set
        guard indexes.count == threshold else {
            values = consume room
            return nil
        }
        let given = indexes
        forget()
        return .shares(try SecretSharing.combine(given, room))
    }

    private mutating func takeRoom(_ count: Int) throws(SealError) -> SecretBytes {
        if let room = values.take() { return room }
        return try SealError.memory { () throws(SodiumError) in try SecretBytes(count: count) }
    }

    /// Wipes what was given.
    public mutating func forget() {
        set = nil
        indexes = []
        values = nil
    }
}
