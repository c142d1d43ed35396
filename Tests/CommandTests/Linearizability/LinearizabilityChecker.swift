/// Decides whether the operations on one register can be put in an order that the register allows
/// and in which whatever was over before another began comes first.
///
/// The search of Wing and Gong with the memory of Lowe: a configuration (what has taken effect, and
/// what the register holds then) is looked at once.
///
///     put 1 [0...3], get -> 1 [1...2]   in order: the put takes effect before the get
///     put 1 [0...1], get -> nothing [2...3]   not: the put was over, and its effect is not there
enum LinearizabilityChecker {
    enum Verdict: Equatable {
        case linearizable
        /// How many operations can be ordered at most, and what surrounds the one that cannot.
        case violated(ordered: Int, near: [RegisterOperation])
        /// The search was given up. Never a pass.
        case undecided
    }

    /// About a gigabyte; histories of a test have a thousandth of it.
    static let configurationsMax = 4_000_000

    private struct Configuration: Hashable {
        /// All operations before this one have taken effect or never will.
        var base = 0
        /// So have these, which follow it.
        var done: Set<Int> = []
        var value: Int?
    }

    /// - Parameter operations: all of one key, from the time when it did not exist.
    static func check(_ operations: [RegisterOperation]) -> Verdict {
        let operations = operations.sorted { $0.invoked < $1.invoked }
        var stack = [Configuration()]
        var seen: Set<Configuration> = [Configuration()]
        var furthest = Configuration()
        while let configuration = stack.popLast() {
            if configuration.base == operations.count { return .linearizable }
            if ordered(configuration) > ordered(furthest) { furthest = configuration }
            for index in candidates(after: configuration, operations) {
                for value in operations[index].outcomes(from: configuration.value) {
                    var next = configuration
                    next.value = value
                    next.done.insert(index)
                    while next.done.remove(next.base) != nil { next.base += 1 }
                    if seen.insert(next).inserted { stack.append(next) }
                }
            }
            if seen.count > configurationsMax { return .undecided }
        }
        let near = operations[furthest.base...].prefix(12)
        return .violated(ordered: ordered(furthest), near: Array(near))
    }

    private static func ordered(_ configuration: Configuration) -> Int {
        configuration.base + configuration.done.count
    }

    /// What may come next: whatever began before the first of those that are left was over.
    private static func candidates(
        after configuration: Configuration, _ operations: [RegisterOperation]
    ) -> [Int] {
        var candidates: [Int] = []
        var firstReturn = Int.max
        var index = configuration.base
        while index < operations.count, operations[index].invoked < firstReturn {
            if !configuration.done.contains(index) {
                candidates.append(index)
                firstReturn = min(firstReturn, operations[index].returned)
            }
            index += 1
        }
        return candidates
    }
}
