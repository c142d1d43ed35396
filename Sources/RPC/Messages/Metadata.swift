/// What travels beside the messages of a call: ordered pairs of a lower-case name and a value.
/// The value of a name that ends in `-bin` is bytes, sent as base64.
///
/// Names and values lie one after another in one array, as they came over the wire, so that
/// the metadata of a call costs no allocation per pair; a `String` is made when one is asked for.
public struct Metadata: Sendable, ExpressibleByDictionaryLiteral {
    private struct Entry {
        var start: Int
        var nameCount: Int
        var valueCount: Int
    }

    // What usual clients send. More is not kept for the next call: streams that are over would
    // hold it for as long as their connection.
    private static let keptBytesMax = 1024
    private static let keptEntriesMax = 16

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    /// Metadata without a pair.
    public init() {}

    /// Metadata of the pairs of a literal, in its order.
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements {
            append(name, value)
        }
    }

    /// The number of pairs.
    public var count: Int { entries.count }

    /// Whether there is no pair.
    public var isEmpty: Bool { entries.isEmpty }

    /// The first value of `name` (lower case); bytes that are not UTF-8 are replaced.
    public subscript(name: String) -> String? {
        firstEntry(named: name).map { String(decoding: value(of: $0), as: UTF8.self) }
    }

    /// Lends the first value of `name` (lower case) as it came; nil when there is none.
    public func withFirstValue<R>(
        of name: StaticString, _ body: (UnsafeRawBufferPointer) -> R
    ) -> R? {
        bytes.withUnsafeBytes { bytes in
            for entry in entries where entry.nameCount == name.utf8CodeUnitCount {
                let end = entry.start + entry.nameCount
                guard UnsafeRawBufferPointer(rebasing: bytes[entry.start..<end]).matches(name)
                else { continue }
                return body(
                    UnsafeRawBufferPointer(rebasing: bytes[end..<(end + entry.valueCount)]))
            }
            return nil
        }
    }

    /// Whether there is a pair of this name (lower case).
    public func has(_ name: StaticString) -> Bool {
        withFirstValue(of: name) { _ in true } ?? false
    }

    /// The first value of `name`, which ends in `-bin`, decoded; nil when absent or not base64.
    public func binary(_ name: String) -> [UInt8]? {
        firstEntry(named: name).flatMap { Base64.decode(value(of: $0)) }
    }

    /// Adds a pair. The name is lowered; a name or value that HTTP/2 cannot carry is refused by
    /// the client when the call starts.
    public mutating func append(_ name: String, _ value: String) {
        append(name: name.lowercased().utf8, value: value.utf8)
    }

    /// Adds bytes under a name that ends in `-bin`.
    public mutating func append(_ name: String, binary value: [UInt8]) {
        append(name: name.lowercased().utf8, value: Base64.encode(value))
    }

    /// Every pair in order, as text (base64 for `-bin`).
    public var pairs: [(name: String, value: String)] {
        entries.map { entry in
            (
                String(decoding: name(of: entry), as: UTF8.self),
                String(decoding: value(of: entry), as: UTF8.self)
            )
        }
    }

    mutating func append(name: some Collection<UInt8>, value: some Collection<UInt8>) {
        entries.append(
            Entry(start: bytes.count, nameCount: name.count, valueCount: value.count))
        bytes.append(contentsOf: name)
        bytes.append(contentsOf: value)
    }

    mutating func removeAll() {
        if entries.isEmpty { return }
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptBytesMax)
        entries.removeAll(keepingCapacity: entries.capacity <= Self.keptEntriesMax)
    }

    func forEach<E: Error>(
        _ body: (_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(E) -> Void
    ) throws(E) {
        for entry in entries {
            try body(name(of: entry), value(of: entry))
        }
    }

    private func firstEntry(named wanted: String) -> Entry? {
        entries.first {
            $0.nameCount == wanted.utf8.count && name(of: $0).elementsEqual(wanted.utf8)
        }
    }

    private func name(of entry: Entry) -> ArraySlice<UInt8> {
        bytes[entry.start..<entry.start + entry.nameCount]
    }

    private func value(of entry: Entry) -> ArraySlice<UInt8> {
        let start = entry.start + entry.nameCount
        return bytes[start..<start + entry.valueCount]
    }
}
