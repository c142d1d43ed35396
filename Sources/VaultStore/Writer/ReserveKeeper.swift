import LMDB

/// The thread that keeps zeros beyond the last page of the file. Written inside of a commit, eight
/// mebibytes of them made a put now and then wait for 20 to 100 ms.
final class ReserveKeeper: Sendable {
    private let environment: Environment
    private let requests = WorkQueue(FirstComeQueue<Void>(capacity: 1))
    private let thread: StoreThread

    init(_ environment: Environment) {
        self.environment = environment
        thread = StoreThread(name: "store-reserve") { [requests] in
            while requests.take(waits: true, until: nil, { $0.takeAll() }) != nil {
                environment.reserveGrowth(besideCommits: true)
            }
        }
    }

    /// After a commit, on the writer thread.
    func look() {
        guard environment.isReserveLow else { return }
        // Full is as good: somebody has asked already.
        do throws(QueueRefusal) { try requests.append { $0.append(()) } } catch {}
    }

    /// Ends the thread. Before the file is closed.
    func stop() {
        requests.close()
        thread.join()
    }
}
