/// Takes the fields of an object one by one, either to write them or to fill them in.
struct JSONFields {
    private let source: JSONValue?
    private var members: [JSONMember] = []

    init(writing: ()) { source = nil }
    init(reading source: JSONValue) { self.source = source }

    /// What was written.
    var document: JSONValue { .object(members) }

    /// Nil when writing; null stands for a field that is not there.
    private func read(_ name: String) -> JSONValue? { source.map { $0[name] ?? .null } }

    private mutating func write(_ name: String, _ value: JSONValue) {
        members.append(JSONMember(name: name, value: value))
    }

    private func wrong(_ name: String) -> JSONError {
        JSONError(what: "the field \(name) is missing or of the wrong kind")
    }

    mutating func field(_ name: String, _ value: inout String) throws(JSONError) {
        guard let read = read(name) else { return write(name, .string(value)) }
        guard case .string(let text) = read else { throw wrong(name) }
        value = text
    }

    mutating func field(_ name: String, _ value: inout Bool) throws(JSONError) {
        guard let read = read(name) else { return write(name, .boolean(value)) }
        guard case .boolean(let flag) = read else { throw wrong(name) }
        value = flag
    }

    mutating func field<Number: FixedWidthInteger>(
        _ name: String, _ value: inout Number
    ) throws(JSONError) {
        guard let read = read(name) else { return write(name, .number(Int64(clamping: value))) }
        guard case .number(let number) = read, let exact = Number(exactly: number) else {
            throw wrong(name)
        }
        value = exact
    }

    mutating func field(_ name: String, _ value: inout [String]) throws(JSONError) {
        guard let read = read(name) else {
            return write(name, .array(value.map { .string($0) }))
        }
        guard case .array(let values) = read else { throw wrong(name) }
        value = []
        for element in values {
            guard case .string(let text) = element else { throw wrong(name) }
            value.append(text)
        }
    }

    /// The same, which older reports have not.
    mutating func added(_ name: String, _ value: inout [String]) throws(JSONError) {
        if let read = read(name), read == .null { return value = [] }
        try field(name, &value)
    }

    /// A number that may be absent: null.
    mutating func field(_ name: String, _ value: inout Int64?) throws(JSONError) {
        if source == nil, value == nil { return write(name, .null) }
        if let read = read(name), read == .null { return value = nil }
        var number = value ?? 0
        try field(name, &number)
        value = number
    }

    /// A time, in milliseconds since 1970.
    mutating func time(_ name: String, _ value: inout Int64) throws(JSONError) {
        guard let read = read(name) else { return write(name, .string(UTCTime.text(value))) }
        guard case .string(let text) = read, let time = UTCTime.milliseconds(text) else {
            throw wrong(name)
        }
        value = time
    }

    /// A time that may be absent: null.
    mutating func time(_ name: String, _ value: inout Int64?) throws(JSONError) {
        if source == nil, value == nil { return write(name, .null) }
        if let read = read(name), read == .null { return value = nil }
        var time = value ?? 0
        try self.time(name, &time)
        value = time
    }

    /// An object that may be absent: null.
    mutating func object<Value: JSONMapped>(
        _ name: String, _ value: inout Value?
    ) throws(JSONError) {
        guard let read = read(name) else { return write(name, value?.json ?? .null) }
        value = read == .null ? nil : try Value(json: read)
    }

    mutating func list<Value: JSONMapped>(
        _ name: String, _ value: inout [Value]
    ) throws(JSONError) {
        guard let read = read(name) else { return write(name, .array(value.map(\.json))) }
        guard case .array(let values) = read else { throw wrong(name) }
        value = []
        for element in values { value.append(try Value(json: element)) }
    }

    /// All fields of another type, on this level.
    mutating func inline<Value: JSONMapped>(_ value: inout Value) throws(JSONError) {
        try value.map(&self)
    }

    /// A text that must be this one.
    mutating func constant(_ name: String, _ text: String) throws(JSONError) {
        var value = text
        try field(name, &value)
        guard value == text else {
            throw JSONError(what: "the field \(name) says \(value), not \(text)")
        }
    }
}
