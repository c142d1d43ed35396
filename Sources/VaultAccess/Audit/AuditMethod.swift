/// A method in the words of a line: put together once, for all of its calls.
public final class AuditMethod: Sendable {
    /// The method's path without the leading slash: "etcdserverpb.KV/Range".
    public let name: String
    /// For tables with a row for each method; 0 for what is none.
    public let number: Int

    let text: [UInt8]

    public init(_ name: String, number: Int = 0) {
        self.name = name
        self.number = number
        var line = LineBuffer(capacity: 64)
        line.put(",\"method\":\"", name: name)
        text = Array(line.bytes)
    }

    /// The same, as an object of its own: for an event loop, which then shares none with others.
    public func copy() -> AuditMethod { AuditMethod(name, number: number) }
}
