/// What a client asked of one key, and what it was told. The model of a key is a register: it holds
/// a number or nothing. Every number is written once, so that a reading names its write.
struct RegisterOperation: Hashable, Sendable {
    enum Action: Hashable, Sendable {
        case put(Int)
        case get
        /// Puts `new` where the register holds `expected`, in one transaction.
        case swap(expected: Int?, new: Int)
        case delete
    }

    enum Answer: Hashable, Sendable {
        /// The put was done.
        case done
        /// The put or deletion was done, and this was there before.
        case replaced(Int?)
        /// This is what the register holds: the answer to a get, and to a swap that did nothing.
        case holds(Int?)
    }

    let client: Int
    let key: Int
    let action: Action
    /// Moments of a clock that only counts. No answer, no effect after `returned`: an answer that
    /// never came is one that the end of the server's process has cut off.
    let invoked: Int
    var returned = Int.max
    /// nil when no answer came: it may have happened or not.
    var answer: Answer?

    /// What the register may hold afterwards when it held `value`: nothing where the answer
    /// contradicts that.
    func outcomes(from value: Int?) -> [Int?] {
        switch (action, answer) {
        case (.get, nil): [value]
        case (.get, .holds(let told)): told == value ? [value] : []
        case (.put(let new), nil): [value, new]
        case (.put(let new), .done): [new]
        case (.put(let new), .replaced(let told)): told == value ? [new] : []
        case (.swap(let expected, let new), nil): expected == value ? [value, new] : [value]
        case (.swap(let expected, let new), .done): expected == value ? [new] : []
        case (.swap(let expected, _), .holds(let told)):
            told == value && expected != value ? [value] : []
        case (.delete, nil): value == nil ? [nil] : [value, nil]
        case (.delete, .replaced(let told)): told == value ? [nil] : []
        // An answer to something else.
        case (.get, _), (.put, _), (.swap, _), (.delete, _): []
        }
    }
}

extension RegisterOperation: CustomStringConvertible {
    var description: String {
        let end = returned == .max ? "" : "\(returned)"
        let told = answer.map { "\($0)" } ?? "no answer"
        return "[\(invoked)...\(end)] client \(client), key \(key): \(action) -> \(told)"
    }
}
