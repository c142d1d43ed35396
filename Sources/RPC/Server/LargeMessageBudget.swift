/// Shares out the bytes that a connection's large messages may take while they arrive. A message
/// within its stream's window needs none. One that is granted can always finish, so waiting ones
/// get their turn.
struct LargeMessageBudget {
    private let bytesMax: Int
    private var reserved = 0
    private var waiting: [(slot: Int, bytes: Int)] = []

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Whether `bytes` are granted now; otherwise the slot waits for its turn.
    mutating func reserve(slot: Int, bytes: Int) -> Bool {
        if waiting.contains(where: { $0.slot == slot }) { return false }
        guard waiting.isEmpty, fits(bytes) else {
            waiting.append((slot, bytes))
            return false
        }
        reserved += bytes
        return true
    }

    /// Gives back what a slot held or waited for; returns the slots (and bytes) granted by that.
    mutating func release(slot: Int, bytes: Int) -> [(slot: Int, bytes: Int)] {
        reserved -= bytes
        if !waiting.isEmpty { waiting.removeAll { $0.slot == slot } }
        var granted: [(slot: Int, bytes: Int)] = []
        while let first = waiting.first, fits(first.bytes) {
            reserved += first.bytes
            granted.append(waiting.removeFirst())
        }
        return granted
    }

    /// A message larger than the whole budget goes alone.
    private func fits(_ bytes: Int) -> Bool {
        reserved == 0 || reserved + bytes <= bytesMax
    }
}
