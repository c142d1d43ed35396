/// The shares of callers without a rule: a bounded number, the least recently seen forgotten first.
///
/// Places in arrays instead of objects, so that looking up a caller who is known allocates nothing.
///
///     newest -> place 3 -> place 1 -> place 2 <- oldest     place 0: all whom there is no room for
struct CallerShares: Sendable {
    private struct Entry: Sendable {
        var owner: QuotaOwner
        var seenAt: Double
        var newer: Int
        var older: Int
    }

    /// By place. The first is the share of all whom there is no room for.
    private(set) var shares: [Share]
    private var entries: [Entry]
    private var placeOfOwner: [QuotaOwner: Int] = [:]
    private var newest = 0
    private var oldest = 0
    private let countMax: Int
    private let fresh: Share

    /// - Parameters:
    ///   - rule: what everybody starts with.
    ///   - countMax: how many are told apart.
    init(rule: QuotaRule?, countMax: Int = QuotaLimits.callersMax) {
        fresh = Share(rule)
        self.countMax = countMax
        shares = [fresh]
        entries = [Entry(owner: QuotaOwner(kind: .rule(-1)), seenAt: 0, newer: 0, older: 0)]
    }

    /// How many are told apart now.
    var count: Int { placeOfOwner.count }

    subscript(place: Int) -> Share {
        get { shares[place] }
        _modify { yield &shares[place] }
    }

    /// Where the owner's share is, until the next call. A new one when it was not known.
    mutating func place(of owner: QuotaOwner, at now: Double) -> Int {
        if let place = placeOfOwner[owner] {
            entries[place].seenAt = now
            if place != newest {
                unlink(place)
                linkNewest(place)
            }
            return place
        }
        guard let place = freePlace(at: now) else { return 0 }
        entries[place].owner = owner
        entries[place].seenAt = now
        shares[place] = fresh
        placeOfOwner[owner] = place
        linkNewest(place)
        return place
    }

    private mutating func freePlace(at now: Double) -> Int? {
        if count < countMax {
            entries.append(entries[0])
            shares.append(fresh)
            return entries.count - 1
        }
        // Whoever was served a moment ago must not lose that by being forgotten.
        guard oldest != 0 else { return nil }
        let idle = now - entries[oldest].seenAt
        let isFull = shares[oldest].bucket?.isFull(at: now) ?? true
        guard
            idle >= QuotaLimits.idleMax.inNanoseconds
                || (isFull && idle >= QuotaLimits.idleMin.inNanoseconds)
        else { return nil }
        let place = oldest
        unlink(place)
        placeOfOwner[entries[place].owner] = nil
        return place
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (entries[place].newer, entries[place].older)
        if newer == 0 { newest = older } else { entries[newer].older = older }
        if older == 0 { oldest = newer } else { entries[older].newer = newer }
    }

    private mutating func linkNewest(_ place: Int) {
        entries[place].newer = 0
        entries[place].older = newest
        if newest == 0 { oldest = place } else { entries[newest].newer = place }
        newest = place
    }
}
