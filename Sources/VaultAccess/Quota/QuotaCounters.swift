/// How many connections, watches and requests everybody has at once.
///
/// An owner is known as long as it has any, so there are never more than there are connections,
/// watches and requests in all, which the server bounds.
public struct QuotaCounters: Sendable {
    private struct Counts: Sendable {
        var connections = 0
        var watches = 0
        var requests = 0

        var isEmpty: Bool { connections == 0 && watches == 0 && requests == 0 }

        subscript(use: QuotaUse) -> Int {
            get {
                switch use {
                case .connection: connections
                case .watch: watches
                case .request: requests
                }
            }
            set {
                switch use {
                case .connection: connections = newValue
                case .watch: watches = newValue
                case .request: requests = newValue
                }
            }
        }
    }

    private let book: QuotaBook
    private var countsOfOwner: [QuotaOwner: Counts] = [:]

    /// By the rules of `book`.
    public init(_ book: QuotaBook) { self.book = book }

    /// Counts one more, unless the owner has as many as its rule allows: then nothing is counted,
    /// and nothing must be ended. nil when it was counted.
    public mutating func begin(_ use: QuotaUse, by owner: QuotaOwner) -> QuotaRefusal? {
        let countMax = book.rule(of: owner)?.countMax(of: use)
        if let countMax, count(use, of: owner) >= countMax { return .count(of: use, max: countMax) }
        countsOfOwner[owner, default: Counts()][use] += 1
        return nil
    }

    /// Counts one less. Once for each that was begun, by the same owner.
    public mutating func end(_ use: QuotaUse, by owner: QuotaOwner) {
        guard let place = countsOfOwner.index(forKey: owner) else {
            preconditionFailure("ended what was not begun")
        }
        countsOfOwner.values[place][use] -= 1
        precondition(countsOfOwner.values[place][use] >= 0, "ended what was not begun")
        if countsOfOwner.values[place].isEmpty { countsOfOwner.remove(at: place) }
    }

    /// How many the owner has now.
    public func count(_ use: QuotaUse, of owner: QuotaOwner) -> Int {
        countsOfOwner[owner]?[use] ?? 0
    }

    /// Owners that have any.
    var ownerCount: Int { countsOfOwner.count }
}
