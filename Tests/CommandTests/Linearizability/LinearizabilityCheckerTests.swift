import Testing
import VaultTestSupport

/// The checker on histories that are linearizable and on histories that are not.
@Suite struct LinearizabilityCheckerTests {
    private typealias Action = RegisterOperation.Action
    private typealias Answer = RegisterOperation.Answer

    private func operation(
        _ action: Action, _ answer: Answer?, _ invoked: Int, _ returned: Int
    ) -> RegisterOperation {
        RegisterOperation(
            client: 0, key: 0, action: action, invoked: invoked, returned: returned, answer: answer)
    }

    private func isLinearizable(_ operations: [RegisterOperation]) -> Bool {
        LinearizabilityChecker.check(operations) == .linearizable
    }

    @Test func whatARegisterMayDoIsAccepted() {
        #expect(isLinearizable([]))
        #expect(
            isLinearizable([
                operation(.get, .holds(nil), 0, 1),
                operation(.put(1), .replaced(nil), 2, 3),
                operation(.swap(expected: 1, new: 2), .done, 4, 5),
                operation(.swap(expected: 1, new: 3), .holds(2), 6, 7),
                operation(.delete, .replaced(2), 8, 9),
                operation(.swap(expected: nil, new: 4), .done, 10, 11),
            ]))
        // At the same time: in any order.
        #expect(
            isLinearizable([
                operation(.put(1), .done, 0, 5),
                operation(.put(2), .done, 1, 6),
                operation(.get, .holds(2), 2, 3),
                operation(.get, .holds(1), 7, 8),
            ]))
    }

    @Test func aStaleReadIsNot() {
        #expect(
            !isLinearizable([
                operation(.put(1), .done, 0, 1),
                operation(.put(2), .done, 2, 3),
                operation(.get, .holds(1), 4, 5),
            ]))
        // Seen by one, and then not by another who asked later, while the put is under way.
        #expect(
            !isLinearizable([
                operation(.put(1), .done, 0, 9),
                operation(.get, .holds(1), 1, 2),
                operation(.get, .holds(nil), 3, 4),
            ]))
    }

    @Test func aLostUpdateIsNot() {
        #expect(
            !isLinearizable([
                operation(.put(1), .done, 0, 1),
                operation(.swap(expected: 1, new: 2), .done, 2, 5),
                operation(.swap(expected: 1, new: 3), .done, 3, 4),
            ]))
        #expect(
            !isLinearizable([
                operation(.put(1), .replaced(nil), 0, 3),
                operation(.put(2), .replaced(nil), 1, 2),
            ]))
    }

    @Test func aValueFromNowhereIsNot() {
        #expect(!isLinearizable([operation(.get, .holds(7), 0, 1)]))
        #expect(!isLinearizable([operation(.get, .done, 0, 1)]), "no answer to a get")
        #expect(
            !isLinearizable([
                operation(.put(1), .done, 0, 1),
                operation(.swap(expected: 1, new: 2), .holds(1), 2, 3),
            ]), "a swap that should have been done")
    }

    /// The server ended at 10, and with it what had not been answered.
    @Test func whatACrashMayLeaveIsAccepted() {
        let put = operation(.put(1), .done, 0, 1)
        let cut = operation(.put(2), nil, 5, 10)
        #expect(isLinearizable([put, cut, operation(.get, .holds(2), 11, 12)]))
        #expect(isLinearizable([put, cut, operation(.get, .holds(1), 11, 12)]))
        let deletion = operation(.delete, nil, 6, 10)
        #expect(isLinearizable([put, cut, deletion, operation(.get, .holds(nil), 11, 12)]))
        let swap = operation(.swap(expected: 2, new: 3), nil, 6, 10)
        #expect(isLinearizable([put, cut, swap, operation(.get, .holds(3), 11, 12)]))
    }

    @Test func whatACrashMayNotLeaveIsNot() {
        let put = operation(.put(1), .done, 0, 1)
        let cut = operation(.put(2), nil, 5, 10)
        let swap = operation(.swap(expected: 7, new: 3), nil, 6, 10)
        #expect(
            !isLinearizable([put, operation(.get, .holds(nil), 11, 12)]),
            "an acknowledged write is lost")
        #expect(
            !isLinearizable([
                put, cut, operation(.get, .holds(2), 7, 8), operation(.get, .holds(1), 11, 12),
            ]), "a write that was seen is lost")
        #expect(
            !isLinearizable([
                put, cut, operation(.get, .holds(1), 11, 12), operation(.get, .holds(2), 13, 14),
            ]), "a write happens after the crash")
        #expect(
            !isLinearizable([put, cut, swap, operation(.get, .holds(3), 11, 12)]),
            "a swap whose condition never held")
    }

    /// Small histories of every kind, right and wrong, beside a checker that tries all orders.
    @Test(arguments: TestSeed.seeds(6, for: "linearizability-checker"))
    func agreesWithTryingAllOrders(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var verdicts: [Bool: Int] = [:]
        for _ in 0..<400 {
            let history = randomHistory(&random)
            let expected = hasOrder(history[...], value: nil)
            verdicts[expected, default: 0] += 1
            #expect(isLinearizable(history) == expected, "seed \(seed): \(history)")
        }
        #expect(verdicts[true, default: 0] > 40 && verdicts[false, default: 0] > 40)
    }

    /// Six operations of three clients; answers are those of a register, or one of them is not.
    private func randomHistory(_ random: inout SeededRandom) -> [RegisterOperation] {
        var operations: [RegisterOperation] = []
        var (value, clock) = (Int?.none, 0)
        var free = [0, 0, 0]
        for number in 1...6 {
            clock += Int(random.next() % 4)
            let client = Int(random.next() % 3)
            let invoked = max(clock, free[client]) * 2 + 1
            free[client] = invoked / 2 + 1 + Int(random.next() % 5)
            let action: Action = random.pick([
                .put(number), .get, .delete, .swap(expected: value, new: number),
                .swap(expected: number - 1, new: number),
            ])
            var answer: Answer? = random.once(in: 6) ? nil : .holds(value)
            switch (action, answer) {
            case (.put, .some): answer = random.once(in: 2) ? .done : .replaced(value)
            case (.delete, .some): answer = .replaced(value)
            case (.swap(value, _), .some): answer = .done
            case (.get, _), (.swap, _), (.put, nil), (.delete, nil): break
            }
            operations.append(operation(action, answer, invoked, free[client] * 2))
            let outcomes = operations[number - 1].outcomes(from: value)
            value = random.pick(outcomes)
        }
        if random.once(in: 2) {
            let spoilt = Int(random.next() % 6)
            operations[spoilt].answer = random.pick([.holds(1), .holds(nil), .replaced(2), .done])
        }
        return operations
    }

    private func hasOrder(_ left: ArraySlice<RegisterOperation>, value: Int?) -> Bool {
        if left.isEmpty { return true }
        for index in left.indices {
            let next = left[index]
            if left.contains(where: { $0.returned < next.invoked }) { continue }
            var rest = left
            rest.remove(at: index)
            for outcome in next.outcomes(from: value) where hasOrder(rest, value: outcome) {
                return true
            }
        }
        return false
    }
}
