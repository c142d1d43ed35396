import FoundationEssentials
import VaultClient

/// The name of a key, as typed.
enum KeyName {
    /// etcd's `range_end` for "every key from `key` on".
    static let fromKey = Data([0])

    static func check(_ key: String) throws(CommandFailure) {
        guard !key.isEmpty else {
            throw CommandFailure(.usage, "the key is empty", nextStep: "name a key")
        }
    }

    /// The first key and the end of the range of keys that begin with a prefix: the prefix with
    /// its last byte that is not ff incremented. All keys for an empty prefix.
    static func range(prefix: [UInt8]) -> (key: Data, end: Data) {
        guard !prefix.isEmpty else { return (Data([0]), fromKey) }
        var end = prefix
        while let last = end.last {
            if last < 0xFF {
                end[end.count - 1] = last + 1
                return (Data(prefix), Data(end))
            }
            end.removeLast()
        }
        return (Data(prefix), fromKey)
    }

    static func shown(_ key: String) -> String { TerminalText.escaped(key.utf8) }
}
