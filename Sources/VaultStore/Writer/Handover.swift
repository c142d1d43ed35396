/// A result on its way from one thread to another that waits for it.
///
/// SAFETY: `value` is touched only under `monitor`.
final class Handover<Value: Sendable>: @unchecked Sendable {
    private let monitor = Monitor()
    private var value: Value?

    func give(_ value: Value) {
        monitor.locked {
            self.value = value
            monitor.signal()
        }
    }

    func wait() -> Value {
        monitor.locked {
            while true {
                if let value { return value }
                monitor.wait(until: nil)
            }
        }
    }
}
