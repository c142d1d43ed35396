import NIOCore
import Synchronization

/// Answers from other threads on their way to an event loop. Only the first one posted to an
/// empty mailbox wakes the loop, which then performs all of them and flushes each connection
/// once: a commit that answers a hundred calls costs one wake-up.
///
/// SAFETY (@unchecked Sendable): `holders`, `due` and the journal are used on the event loop only.
final class Mailbox: @unchecked Sendable {
    let eventLoop: any EventLoop
    private let postings = Mutex<[Posting]>([])
    /// Keeps account of what leaves here; nil when nobody does.
    let journal: (any CallJournal)?
    /// Connections that keep answers until these are in the journal, and how many those are. Each
    /// keeps its own, by number: an answer that is kept counts no reference.
    private var holders: [ServerConnection] = []
    private var heldCount = 0
    /// Connections that are flushed at the end of the turn.
    private var due: [ServerConnection] = []
    /// The journal was told of something that no answer waits for.
    private var hasNews = false

    /// Answers that are written down together: more of them would cost no less each, and memory.
    private static let heldMax = 512

    init(eventLoop: any EventLoop, journal: (any CallJournal)? = nil) {
        self.eventLoop = eventLoop
        self.journal = journal
    }

    /// A connection keeps one more answer until it is in the journal.
    func noteHeld(by connection: ServerConnection, isFirst: Bool) {
        heldCount += 1
        if isFirst { holders.append(connection) }
    }

    var isHolding: Bool { heldCount > 0 }

    /// Lets the answers of a connection go together with those of others that were read from in
    /// the same turn of the event loop: one write to the journal for all. The loop runs this right
    /// after it has read what was there, so that a lone request does not wait.
    func flushAtEndOfTurn(_ connection: ServerConnection) {
        if heldCount >= Self.heldMax { commitJournal() }
        guard !connection.isDue else { return }
        connection.isDue = true
        due.append(connection)
        if due.count == 1 {
            eventLoop.execute { self.endTurn() }
        }
    }

    private func endTurn() {
        commitJournal()
        var connections: [ServerConnection] = []
        swap(&connections, &due)
        for connection in connections {
            connection.isDue = false
            connection.flush()
        }
        // Keeps the array's memory for the next turn.
        connections.removeAll(keepingCapacity: true)
        if due.isEmpty { swap(&connections, &due) }
    }

    /// The journal was told of a call that gets no answer, or no answer of gRPC's.
    func noteNews() {
        hasNews = true
    }

    /// Lets the answers go that were held, once they are written down. Before every flush.
    func commitJournal() {
        guard hasNews || heldCount > 0, let journal else { return }
        hasNews = false
        let failure = journal.commit()
        heldCount = 0
        var connections: [ServerConnection] = []
        swap(&connections, &holders)
        for connection in connections { connection.releaseHeld(instead: failure) }
        // Keeps the array's memory for the next batch.
        connections.removeAll(keepingCapacity: true)
        if holders.isEmpty { swap(&connections, &holders) }
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
