import FoundationEssentials

/// A line of an audit log, as any program that reads JSON sees it.
public struct LoggedLine: Decodable, Sendable {
    /// One operation of a transaction.
    public struct Operation: Decodable, Hashable, Sendable {
        public var op: String
        public var key: String?
        public var end: String?
    }

    public var seq: UInt64
    public var time: String
    public var uid: UInt32?
    public var user: String?
    public var method: String?
    public var key: String?
    public var end: String?
    public var ops: [Operation]?
    public var more: Int?
    public var decision: String?
    public var status: String?
    public var revision: Int64?
    public var event: String?
    /// Requests without a line that the event tells of.
    public var count: Int?
    public var trouble: String?
    /// What an unseal went through.
    public var slot: UInt32?
    public var slotKind: String?
    /// Bytes of a line without an end that were removed.
    public var cut: Int?
    public var hash: String
    public var mac: String?
}

/// The files of an audit log.
public enum LoggedFiles {
    /// In the order of their lines.
    public static func paths(below dataDirectory: String) throws -> [String] {
        let directory = "\(dataDirectory)/audit"
        let finished = try Files.names(in: directory).filter {
            $0.hasPrefix("audit-0") && $0.hasSuffix(".jsonl")
        }
        return (finished + ["audit.jsonl"]).map { "\(directory)/\($0)" }
    }

    /// Every line; throws where one is no JSON, or the last has no end.
    public static func lines(below dataDirectory: String) throws -> [LoggedLine] {
        try paths(below: dataDirectory).flatMap { try lines(of: $0) }
    }

    /// The lines of one file.
    public static func lines(of path: String) throws -> [LoggedLine] {
        let bytes = try Files.read(path)
        guard bytes.last == UInt8(ascii: "\n") else {
            throw TestFailure("\(path) does not end with a whole line")
        }
        let decoder = JSONDecoder()
        return try bytes.split(separator: UInt8(ascii: "\n")).map {
            try decoder.decode(LoggedLine.self, from: Data($0))
        }
    }
}
