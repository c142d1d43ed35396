/// Waits in the order in which it came, and is handed out all at once.
struct FirstComeQueue<Element: Sendable>: Backlog {
    private let capacity: Int
    private var elements: [Element] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    var isEmpty: Bool { elements.isEmpty }

    /// False when there is no room for it.
    mutating func append(_ element: Element) -> Bool {
        guard elements.count < capacity else { return false }
        elements.append(element)
        return true
    }

    mutating func takeAll() -> [Element] {
        var taken: [Element] = []
        taken.reserveCapacity(elements.count)
        swap(&taken, &elements)
        return taken
    }
}
