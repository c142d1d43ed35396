import VaultTestSupport

@testable import VaultAccess

/// Callers who ask at random, and how much each of them was given.
struct Crowd {
    struct Caller {
        let owner: QuotaOwner
        /// Requests a second, asked for at random times.
        let rate: Double
        var asked = 0
        var admitted = 0
        fileprivate var nextAt: Double

        var servedPart: Double { Double(admitted) / Double(max(asked, 1)) }
    }

    private(set) var callers: [Caller]
    /// When something was admitted, in seconds.
    private(set) var admissions: [Double] = []
    private(set) var time = 0.0
    private var random: SeededRandom

    init(_ callers: [(owner: QuotaOwner, rate: Double)], seed: UInt64) {
        var random = SeededRandom(seed: seed)
        self.callers = callers.map {
            Caller(owner: $0.owner, rate: $0.rate, nextAt: random.fraction() / $0.rate)
        }
        self.random = random
    }

    /// One more caller, from now on.
    mutating func join(_ owner: QuotaOwner, rate: Double) {
        callers.append(Caller(owner: owner, rate: rate, nextAt: time))
    }

    /// Forgets what was counted so far: the state settles first.
    mutating func reset() {
        for index in callers.indices { (callers[index].asked, callers[index].admitted) = (0, 0) }
    }

    /// Everybody asks, for so many seconds.
    mutating func ask(_ share: inout FairShare, seconds: Double) {
        let end = time + seconds
        while true {
            var next = 0
            for index in callers.indices where callers[index].nextAt < callers[next].nextAt {
                next = index
            }
            let now = callers[next].nextAt
            guard now < end else { break }
            // From half to one and a half of the mean time between two.
            callers[next].nextAt = now + (0.5 + random.fraction()) / callers[next].rate
            callers[next].asked += 1
            if share.admit(callers[next].owner, now: .seconds(now)) == .admit {
                callers[next].admitted += 1
                admissions.append(now)
            }
        }
        time = end
    }

    /// The most that was admitted, in any span of time, beyond `rate` for that time.
    func excess(over rate: Double) -> Double {
        var (excess, most, last) = (0.0, 0.0, 0.0)
        for now in admissions {
            excess = max(0, excess - (now - last) * rate) + 1
            last = now
            most = max(most, excess)
        }
        return most
    }
}

extension SeededRandom {
    /// From 0 to below 1.
    mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
