import Synchronization

/// Something that is known only after those who need it were made.
final class WeakReference<Value: AnyObject & Sendable>: Sendable {
    private struct Box {
        weak var value: Value?
    }
    private let box = Mutex(Box())

    var value: Value? {
        get { box.withLock { $0.value } }
        set { box.withLock { $0.value = newValue } }
    }
}
