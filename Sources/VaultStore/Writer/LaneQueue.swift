/// What waits, in lanes that are served in turns: one of each, and again. Within a lane the order
/// stays.
///
///     a: 1 2 3 4   b: 5   c: 6 7      ->  1 5 6  2 7  3  4
///
/// A lane may hold as many, and as many bytes, as there is room left. However much the others
/// want, and whoever comes late, there is room: n lanes that are full hold 1 / (n + 1) each.
struct LaneQueue<Element: Sendable>: Backlog {
    private struct Waiting: Sendable {
        var elements: [Element] = []
        var costs: [WriteCost] = []
        /// How many of them the batch that is put together has.
        var taken = 0
        var bytes = 0
        var work = 0
    }

    private var lanes: [Lane: Waiting] = [:]
    /// Every lane with something in it, the next one first.
    private var turns: [Lane] = []
    private(set) var count = 0
    private var bytes = 0
    private let countMax: Int
    private let bytesMax: Int
    /// Room for as many as the last batch had, so that the next does not grow step by step.
    private var reserve = 0

    init(countMax: Int, bytesMax: Int) {
        self.countMax = countMax
        self.bytesMax = bytesMax
    }

    var isEmpty: Bool { count == 0 }

    /// False when the lane has no room for it.
    mutating func append(_ element: Element, cost: WriteCost, to lane: Lane) -> Bool {
        let (countFree, bytesFree) = (countMax - count, bytesMax - bytes)
        guard let place = lanes.index(forKey: lane) else {
            guard countFree > 0, cost.bytes <= bytesFree else { return false }
            var waiting = Waiting()
            waiting.elements.reserveCapacity(reserve)
            waiting.costs.reserveCapacity(reserve)
            Self.add(element, cost, to: &waiting)
            lanes[lane] = waiting
            turns.append(lane)
            note(cost)
            return true
        }
        guard lanes.values[place].elements.count < countFree,
            lanes.values[place].bytes + cost.bytes <= bytesFree
        else { return false }
        Self.add(element, cost, to: &lanes.values[place])
        note(cost)
        return true
    }

    private mutating func note(_ cost: WriteCost) {
        count += 1
        bytes += cost.bytes
    }

    private static func add(_ element: Element, _ cost: WriteCost, to waiting: inout Waiting) {
        waiting.elements.append(element)
        waiting.costs.append(cost)
        waiting.bytes += cost.bytes
        waiting.work += cost.work
    }

    /// Takes in turns until the work is `workMax` or more, or nothing is left.
    mutating func take(workMax: Int) -> [Element] {
        // Nobody to take turns with: most batches.
        if turns.count == 1, let only = lanes[turns[0]], only.work <= workMax {
            lanes.removeAll(keepingCapacity: true)
            turns.removeAll(keepingCapacity: true)
            (count, bytes) = (0, 0)
            reserve = only.elements.count
            return only.elements
        }
        var taken: [Element] = []
        var touched: Set<Lane> = []
        var work = 0
        while work < workMax, !turns.isEmpty {
            let lane = turns.removeFirst()
            guard let place = lanes.index(forKey: lane) else { continue }
            let next = lanes.values[place].taken
            taken.append(lanes.values[place].elements[next])
            work += lanes.values[place].costs[next].work
            lanes.values[place].taken = next + 1
            touched.insert(lane)
            if next + 1 < lanes.values[place].elements.count { turns.append(lane) }
        }
        for lane in touched { drop(lane) }
        return taken
    }

    /// Forgets what the batch has of a lane.
    private mutating func drop(_ lane: Lane) {
        guard let place = lanes.index(forKey: lane) else { return }
        let taken = lanes.values[place].taken
        for cost in lanes.values[place].costs.prefix(taken) {
            lanes.values[place].bytes -= cost.bytes
            lanes.values[place].work -= cost.work
            bytes -= cost.bytes
        }
        count -= taken
        guard taken < lanes.values[place].elements.count else {
            lanes[lane] = nil
            return
        }
        lanes.values[place].elements.removeFirst(taken)
        lanes.values[place].costs.removeFirst(taken)
        lanes.values[place].taken = 0
    }
}
