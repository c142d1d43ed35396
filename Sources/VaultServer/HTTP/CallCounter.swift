import RPC
import Synchronization
import VaultAccess

/// How often each method was answered with each code, on one event loop. Counting takes no lock
/// and shares no memory with another loop.
///
/// SAFETY (@unchecked Sendable): the cells are atomic and live as long as this does; only the event
/// loop writes to them, so that it may read and store in two steps.
final class CallCounter: @unchecked Sendable {
    /// gRPC's codes, 0 to 16.
    static let codeCount = 17

    private let cells: UnsafeMutableBufferPointer<Atomic<UInt64>>

    init(methodCount: Int) {
        cells = .allocate(capacity: methodCount * Self.codeCount)
        for index in cells.indices { cells.initializeElement(at: index, to: Atomic(0)) }
    }

    deinit {
        cells.deinitialize()
        cells.deallocate()
    }

    /// On the event loop. Inlined, so that the caller counts no reference to the method.
    @inline(__always)
    func count(_ method: AuditMethod, _ code: StatusCode) {
        let code = (0..<Self.codeCount).contains(code.rawValue) ? code : .unknown
        let index = method.number * Self.codeCount + code.rawValue
        let before = cells[index].load(ordering: .relaxed)
        cells[index].store(before &+ 1, ordering: .relaxed)
    }

    /// Adds what was counted until now, cell by cell.
    func add(to sums: inout [UInt64]) {
        for index in cells.indices { sums[index] &+= cells[index].load(ordering: .relaxed) }
    }
}
