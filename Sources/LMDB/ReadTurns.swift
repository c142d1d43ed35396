/// Counts reads under way in two turns, so that somebody can wait for those that began before.
struct ReadTurns {
    private var current = 0
    private var open = [0, 0]

    /// Returns what `end` wants.
    mutating func begin() -> Int {
        open[current] += 1
        return current
    }

    mutating func end(_ turn: Int) { open[turn] -= 1 }

    /// Later reads count in the other turn; returns the one that ends now.
    mutating func next() -> Int {
        precondition(open[1 - current] == 0, "one waits for reads at a time")
        defer { current = 1 - current }
        return current
    }

    func hasOpen(in turn: Int) -> Bool { open[turn] > 0 }
}
