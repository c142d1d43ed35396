import Synchronization

/// Bytes of answers to one user that wait in the server to be read, over all of the user's
/// connections; what is put together for them counts, too.
///
/// A user may have as many as there is room left: one alone half of all, two a third each. So
/// whatever some users leave unread, there is room for those who read. Connections count small
/// amounts for themselves and tell this of changes that matter, so that event loops do not meet
/// here with every answer.
final class UnreadAnswers: Sendable {
    /// Those of all users.
    final class Total: Sendable {
        fileprivate let count = Atomic<Int>(0)
        fileprivate let bytesMax: Int

        init(bytesMax: Int) {
            self.bytesMax = bytesMax
        }
    }

    private let count = Atomic<Int>(0)
    private let total: Total
    /// Takes what it wants, up to all there is.
    private let isUnlimited: Bool

    /// - Parameter isUnlimited: whoever has to be able to save the server is not refused.
    init(_ total: Total, isUnlimited: Bool = false) {
        self.total = total
        self.isUnlimited = isUnlimited
    }

    /// Counts a change, whether there is room or not.
    func add(_ change: Int) {
        count.wrappingAdd(change, ordering: .relaxed)
        total.count.wrappingAdd(change, ordering: .relaxed)
    }

    /// Whether more may be begun for the user.
    var hasRoom: Bool { isUnlimited || count.load(ordering: .relaxed) <= free }

    /// Not even what is never refused otherwise: an eighth of all more than there is room for.
    var isExhausted: Bool {
        !isUnlimited && count.load(ordering: .relaxed) > free + total.bytesMax / 8
    }

    /// Counts bytes of an answer that is being put together; false, and nothing is counted, when
    /// there is no room. A quarter of all is kept for answers that are no work.
    func claim(_ bytes: Int) -> Bool {
        let count = isUnlimited ? 0 : count.load(ordering: .relaxed)
        let kept = isUnlimited ? 0 : total.bytesMax / 4
        guard count + bytes <= free - kept else { return false }
        add(bytes)
        return true
    }

    private var free: Int { total.bytesMax - total.count.load(ordering: .relaxed) }
}
