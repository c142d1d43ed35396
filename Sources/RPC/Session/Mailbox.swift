import NIOCore
import Synchronization

/// Answers from other threads on their way to an event loop. Only the first one posted to an
/// empty mailbox wakes the loop, which then performs all of them and flushes each connection
/// once: a commit that answers a hundred calls costs one wake-up.
final class Mailbox: Sendable {
    let eventLoop: any EventLoop
    private let postings = Mutex<[Posting]>([])

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func post(_ posting: Posting) {
        let wasEmpty = postings.withLock { postings in
            postings.append(posting)
            return postings.count == 1
        }
        if wasEmpty {
            eventLoop.execute { self.drain() }
        }
    }

    /// Performs everything posted. On the event loop.
    func drain() {
        let batch = postings.withLock { postings in
            guard !postings.isEmpty else { return [Posting]() }
            var batch: [Posting] = []
            swap(&batch, &postings)
            return batch
        }
        guard !batch.isEmpty else { return }
        var touched: [ServerConnection] = []
        for posting in batch {
            if let connection = posting.perform(), !connection.isTouched {
                connection.isTouched = true
                touched.append(connection)
            }
        }
        for connection in touched {
            connection.isTouched = false
            connection.flush()
        }
    }
}
