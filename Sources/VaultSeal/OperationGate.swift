import Glibc
import Synchronization

/// Lets many threads work at once until it is closed, and tells the closer when the last of them
/// is out. Entering and leaving never wait and never share a cache line more than by chance.
package final class OperationGate: Sendable {
    private static let stripeCount = 16
    /// Counters per cache line; only the first of each line is used.
    private static let stride = 64 / MemoryLayout<Atomic<Int>>.stride

    // SAFETY: allocated in init, freed in deinit, never reassigned; the counters are atomic.
    private nonisolated(unsafe) let counters: UnsafeMutablePointer<Atomic<Int>>
    private let isClosed = Atomic<Bool>(false)

    package init() {
        counters = .allocate(capacity: Self.stripeCount * Self.stride)
        for index in 0..<(Self.stripeCount * Self.stride) {
            (counters + index).initialize(to: Atomic(0))
        }
    }

    deinit {
        counters.deinitialize(count: Self.stripeCount * Self.stride)
        counters.deallocate()
    }

    /// Goes in; nil when closed. The result is for `leave`.
    @inline(__always)
    package func enter() -> Int? {
        // A thread keeps to one stripe: its handle is an address that differs by at least a page.
        let stripe = Int(truncatingIfNeeded: (UInt(pthread_self()) >> 12) &* 0x9E37_79B9 >> 8)
        let index = (stripe & (Self.stripeCount - 1)) * Self.stride
        // Sequentially consistent on both sides: either this thread sees the gate closed, or the
        // closer sees this thread counted.
        counters[index].wrappingAdd(1, ordering: .sequentiallyConsistent)
        if isClosed.load(ordering: .sequentiallyConsistent) {
            leave(index)
            return nil
        }
        return index
    }

    /// Goes out again.
    @inline(__always)
    package func leave(_ index: Int) {
        counters[index].wrappingSubtract(1, ordering: .releasing)
    }

    /// Lets nobody in any more and returns when everybody is out: a few microseconds, because an
    /// operation is the sealing of one record. False when it was closed before.
    func close() -> Bool {
        guard shut() else { return false }
        waitForThoseInside()
        return true
    }

    /// Lets nobody in any more. False when it was closed before.
    package func shut() -> Bool {
        !isClosed.exchange(true, ordering: .sequentiallyConsistent)
    }

    /// Whether nobody is inside, for who has shut the gate and has time.
    package var isEmpty: Bool {
        (0..<Self.stripeCount).allSatisfy { stripe in
            counters[stripe * Self.stride].load(ordering: .sequentiallyConsistent) == 0
        }
    }

    /// Returns when everybody who is inside now has been out. Others may go in meanwhile: a stripe
    /// is empty between two operations of its thread.
    func waitForThoseInside() {
        for stripe in 0..<Self.stripeCount {
            while counters[stripe * Self.stride].load(ordering: .sequentiallyConsistent) != 0 {
                sched_yield()
            }
        }
    }
}
