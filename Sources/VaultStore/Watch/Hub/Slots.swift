/// Elements under small numbers, which are used again.
struct Slots<Element> {
    private var elements: [Element?] = []
    private var free: [Int] = []

    var count: Int { elements.count - free.count }

    mutating func insert(_ element: Element) -> Int {
        if let slot = free.popLast() {
            elements[slot] = element
            return slot
        }
        elements.append(element)
        return elements.count - 1
    }

    mutating func remove(_ slot: Int) {
        precondition(elements[slot] != nil, "a slot is emptied once")
        elements[slot] = nil
        free.append(slot)
    }

    func holds(_ slot: Int) -> Bool {
        slot < elements.count && elements[slot] != nil
    }

    /// Every slot in use.
    var indices: [Int] { elements.indices.filter { elements[$0] != nil } }

    subscript(slot: Int) -> Element {
        get {
            guard let element = elements[slot] else { preconditionFailure("an empty slot") }
            return element
        }
        _modify {
            guard var element = elements[slot] else { preconditionFailure("an empty slot") }
            // One owner at a time, or arrays inside would be copied.
            elements[slot] = nil
            defer { elements[slot] = element }
            yield &element
        }
    }
}
