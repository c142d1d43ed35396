import Testing
import VaultTestSupport

@testable import VaultStore

@Suite struct SortedKeysTests {
    /// Grows to many pieces and shrinks to nothing, beside a set.
    @Test(arguments: TestSeed.seeds(4, for: "sorted keys"))
    func theyAreThoseOfASetInOrder(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var keys = SortedKeys()
        var model: Set<Bytes> = []
        for step in 0..<12_000 {
            let key = random.bytes(random.pick(1...2))
            if random.next() % 8 < (step < 6_000 ? 6 : 1) {
                keys.insert(key)
                model.insert(key)
            } else {
                // Mostly one that is there.
                let key = random.once(in: 4) ? key : model.randomElement(using: &random) ?? key
                keys.remove(key)
                model.remove(key)
            }
            guard step % 500 == 0 || step > 11_900 else { continue }
            let sorted = model.sorted { $0.lexicographicallyPrecedes($1) }
            #expect(keys.all == sorted, "seed \(seed)")
            #expect(keys.count == model.count, "seed \(seed)")
            #expect(keys.first == sorted.first, "seed \(seed)")
            for _ in 0..<20 {
                let from = random.bytes(random.pick(0...3))
                let next = sorted.first { !$0.lexicographicallyPrecedes(from) }
                #expect(keys.first(notBefore: from) == next, "seed \(seed)")
            }
        }
        for key in model { keys.remove(key) }
        #expect(keys.all.isEmpty && keys.count == 0 && keys.first == nil)
        #expect(keys.first(notBefore: []) == nil)
    }
}
