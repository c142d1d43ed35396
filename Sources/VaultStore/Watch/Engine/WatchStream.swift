import Synchronization

/// A client's hold on its watchers. Every method may be called from any thread and returns at once;
/// answers go to the `WatchReceiver`.
public final class WatchStream: Sendable {
    let receiver: any WatchReceiver
    private let inbox: WatchInbox
    private let waiting = Atomic<Int>(0)
    private let isClosed = Atomic<Bool>(false)

    init(receiver: any WatchReceiver, inbox: WatchInbox) {
        self.receiver = receiver
        self.inbox = inbox
    }

    /// Asks for a watcher. Answered by `created` or `refused`.
    public func create(_ request: WatchRequest) {
        ask(.create(request))
    }

    /// Has `refused` say so, in its turn, to a request for a watcher that the client may not have.
    /// Clients match answers to requests by their order.
    public func refuse(_ refusal: WatchRefusal) {
        ask(.refuse(refusal))
    }

    /// Ends a watcher. Answered by `cancelled`, or not at all when there is none with this id.
    public func cancel(_ watchID: Int64) {
        ask(.cancel(watchID))
    }

    /// Asks how far the stream is. Answered by `progressed` when every watcher of the stream has
    /// been told everything; not at all otherwise.
    public func requestProgress() {
        ask(.progress)
    }

    /// The receiver has room again.
    public func resume() {
        inbox.send(.resumed(self))
    }

    /// The client is gone. What is being delivered at this moment may still arrive.
    public func close() {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        inbox.send(.closed(self))
    }

    /// What was asked and has not been handled.
    public var waitingRequests: Int { waiting.load(ordering: .relaxed) }

    private func ask(_ request: WatchInbox.Request) {
        waiting.add(1, ordering: .relaxed)
        inbox.send(.asked(self, request))
    }

    /// One request was handled; true when it was the last.
    func handledOne() -> Bool {
        waiting.subtract(1, ordering: .relaxed).newValue == 0
    }
}

extension Store {
    /// Opens a stream of watchers for `receiver`. Throws `.closed`.
    public func watch(_ receiver: any WatchReceiver) throws(StoreError) -> WatchStream {
        let stream = WatchStream(receiver: receiver, inbox: watch.inbox)
        guard watch.inbox.send(.opened(stream)) else { throw .closed }
        return stream
    }
}
