import Testing

@testable import VaultStore

@Suite struct LaneQueueTests {
    private let a = Lane(1)
    private let b = Lane(2)
    private let c = Lane(3)

    private func fill(
        _ queue: inout LaneQueue<String>, _ elements: [(Lane, String)], work: Int = 1
    ) {
        for (lane, element) in elements {
            let isIn = queue.append(
                element, cost: WriteCost(bytes: 0, operations: work), to: lane)
            #expect(isIn)
        }
    }

    @Test func lanesTakeTurnsAndEachKeepsItsOrder() {
        var queue = LaneQueue<String>(countMax: 100, bytesMax: 100)
        fill(&queue, [(a, "1"), (a, "2"), (a, "3"), (a, "4"), (b, "5"), (c, "6"), (c, "7")])
        #expect(queue.take(workMax: 100) == ["1", "5", "6", "2", "7", "3", "4"])
        #expect(queue.isEmpty)
        #expect(queue.take(workMax: 100).isEmpty)
    }

    @Test func aBatchEndsWithItsWorkAndTheTurnGoesOn() {
        var queue = LaneQueue<String>(countMax: 100, bytesMax: 100)
        fill(&queue, [(a, "1"), (a, "2"), (a, "3")], work: 128)
        fill(&queue, [(b, "4"), (b, "5")])
        #expect(queue.take(workMax: 128) == ["1"])
        // Whoever comes now waits for one of each of the others.
        fill(&queue, [(c, "6")])
        #expect(queue.take(workMax: 130) == ["4", "2", "6"])
        #expect(queue.take(workMax: 1) == ["5"])
        #expect(queue.take(workMax: 1) == ["3"])
    }

    @Test func whoIsAloneIsServedWithoutTurns() {
        var queue = LaneQueue<String>(countMax: 10_000, bytesMax: 100)
        fill(&queue, (0..<3_000).map { (a, "\($0)") })
        var taken: [String] = []
        for _ in 0..<3 { taken += queue.take(workMax: 1_000) }
        #expect(taken == (0..<3_000).map { "\($0)" })
        #expect(queue.isEmpty)
    }

    @Test func thereIsRoomForWhoeverComesLate() {
        var queue = LaneQueue<Int>(countMax: 100, bytesMax: 1_000)
        func fill(_ lane: Lane, bytes: Int) -> Int {
            (0..<1_000).prefix { number in
                queue.append(number, cost: WriteCost(bytes: bytes, operations: 1), to: lane)
            }.count
        }
        #expect(fill(a, bytes: 0) == 50)
        #expect(fill(b, bytes: 0) == 25)
        #expect(fill(c, bytes: 0) == 13)
        #expect(queue.take(workMax: 100).count == 88)
        #expect(fill(a, bytes: 100) == 5)
        #expect(fill(b, bytes: 100) == 3)
        #expect(queue.take(workMax: 100).count == 8)
        #expect(fill(b, bytes: 1_001) == 0)
        #expect(queue.isEmpty)
        #expect(queue.take(workMax: 100).isEmpty)
    }

    @Test func aTransactionCostsWhatIsInIt() {
        let put = Operation.put(PutOperation(key: [1], value: [UInt8](repeating: 0, count: 16_384)))
        let nested = Transaction(success: [put], failure: [.range(RangeQuery(range: .all))])
        let cost = WriteRequest.transaction(
            Transaction(success: [put, .transaction(nested)])
        ).cost
        #expect(cost.bytes == 2 * 16_385 + 2)
        #expect(cost.work == 5 + 4)
    }
}
