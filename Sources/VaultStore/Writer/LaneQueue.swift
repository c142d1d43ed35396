/// What waits, in lanes that are served in turns: one of each, and again. Within a lane the order
/// stays.
///
///     a: 1 2 3 4   b: 5   c: 6 7      ->  1 5 6  2 7  3  4
///
/// A lane may hold as many, and as many bytes, as there is room left. However much the others
/// want, and whoever comes late, there is room: n lanes that are full hold 1 / (n + 1) each.
struct LaneQueue<Element: Sendable>: Sendable {
    fileprivate struct Waiting: Sendable {
        /// nil where it was taken.
        var elements: [(element: Element, cost: WriteCost)?] = []
        var taken = 0
        var bytes = 0

        var count: Int { elements.count - taken }
    }

    private var lanes: [Lane: Waiting] = [:]
    /// Every lane with something in it, the next one first.
    private var turns: [Lane] = []
    private(set) var count = 0
    private var bytes = 0
    private let countMax: Int
    private let bytesMax: Int

    init(countMax: Int, bytesMax: Int) {
        self.countMax = countMax
        self.bytesMax = bytesMax
    }

    var isEmpty: Bool { count == 0 }

    /// False when the lane has no room for it.
    mutating func append(_ element: Element, cost: WriteCost, to lane: Lane) -> Bool {
        let isWaiting = lanes[lane, default: Waiting()].append(
            element, cost: cost, countFree: countMax - count, bytesFree: bytesMax - bytes)
        guard let isWaiting else {
            if lanes[lane]?.count == 0 { lanes[lane] = nil }
            return false
        }
        count += 1
        bytes += cost.bytes
        if !isWaiting { turns.append(lane) }
        return true
    }

    /// Takes in turns until the work is `workMax` or more, or nothing is left.
    mutating func take(workMax: Int) -> [Element] {
        var taken: [Element] = []
        var work = 0
        while work < workMax, !turns.isEmpty {
            let lane = turns.removeFirst()
            // Nobody to take turns with.
            let isAlone = turns.isEmpty
            repeat {
                guard let (element, cost) = lanes[lane]?.takeFirst() else { break }
                taken.append(element)
                count -= 1
                bytes -= cost.bytes
                work += cost.work
            } while isAlone && work < workMax
            if lanes[lane]?.count == 0 {
                lanes[lane] = nil
            } else {
                turns.append(lane)
            }
        }
        return taken
    }
}

extension LaneQueue.Waiting {
    /// Whether something was there already; nil when there is no room.
    fileprivate mutating func append(
        _ element: Element, cost: WriteCost, countFree: Int, bytesFree: Int
    ) -> Bool? {
        guard count < countFree, bytes + cost.bytes <= bytesFree else { return nil }
        elements.append((element, cost))
        bytes += cost.bytes
        return count > 1
    }

    fileprivate mutating func takeFirst() -> (Element, WriteCost)? {
        guard taken < elements.count, let (element, cost) = elements[taken] else { return nil }
        elements[taken] = nil
        taken += 1
        bytes -= cost.bytes
        // Places are given back now and then: each is moved once for each time that it is passed.
        if taken >= 1_024, taken * 2 >= elements.count {
            elements.removeFirst(taken)
            taken = 0
        }
        return (element, cost)
    }
}
