import RPC
import Synchronization
import VaultAccess

/// How often each method was answered with each code, on all event loops together. Thread-safe.
final class CallCounters: Sendable {
    struct Sum: Equatable {
        /// "etcdserverpb.KV/Range"
        var method: String
        var code: StatusCode
        var count: UInt64
    }

    private let methods: AuditMethods
    private let counters = Mutex<[CallCounter]>([])

    init(_ methods: AuditMethods) {
        self.methods = methods
    }

    /// The counter of one more event loop.
    func makeCounter() -> CallCounter {
        let counter = CallCounter(methodCount: methods.all.count)
        counters.withLock { $0.append(counter) }
        return counter
    }

    /// What was counted, without what never happened, in the order of names.
    func sums() -> [Sum] {
        var cells = [UInt64](repeating: 0, count: methods.all.count * CallCounter.codeCount)
        for counter in counters.withLock({ $0 }) { counter.add(to: &cells) }
        return methods.all.sorted { $0.name < $1.name }.flatMap { method in
            (0..<CallCounter.codeCount).compactMap { code in
                let count = cells[method.number * CallCounter.codeCount + code]
                guard count > 0 else { return nil }
                return Sum(method: method.name, code: StatusCode(rawValue: code), count: count)
            }
        }
    }
}
