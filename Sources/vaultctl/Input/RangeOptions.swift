import ArgumentParser
import VaultAccess

/// Which keys beside KEY a command is about.
struct RangeOptions: ParsableArguments {
    /// How the usage line of a command shows them.
    static let usage = "[--prefix | --from-key | --range-end END]"

    @Flag(name: .long, help: "Every key that begins with KEY; with an empty KEY, every key.")
    var prefix = false

    @Flag(name: .long, help: "KEY and every key after it.")
    var fromKey = false

    @Option(
        name: .long,
        help: ArgumentHelp("KEY and every key after it, up to but not END.", valueName: "end"))
    var rangeEnd: String?

    func validate() throws {
        guard [prefix, fromKey, rangeEnd != nil].count(where: { $0 }) <= 1 else {
            throw CommandFailure(
                .usage, "--prefix, --from-key and --range-end exclude each other",
                nextStep: "choose one")
        }
    }

    /// The keys that are meant, with the one named on the command line.
    func range(from key: String) throws(CommandFailure) -> KeyRange {
        if prefix { return KeyRange(prefix: key.utf8) }
        // No key is empty, and etcd takes an empty one for a mistake.
        let first = key.isEmpty ? [0] : Array(key.utf8)
        if fromKey { return KeyRange(key: first, end: [0]) }
        guard let rangeEnd else {
            try KeyName.check(key)
            return KeyRange(key: key.utf8)
        }
        let range = KeyRange(key: first, end: rangeEnd.utf8)
        guard !range.end.isEmpty, KeySpan(key: range.key, rangeEnd: range.end) != nil else {
            throw CommandFailure(
                .usage,
                "no key is at or after \(KeyName.shown(key)) and before \(KeyName.shown(rangeEnd))",
                nextStep: "give an END that comes after KEY")
        }
        return range
    }

    /// Everything is easily asked for by mistake: `--prefix "$unset"`.
    static func noteIfEverything(_ range: KeyRange) {
        if range.isEverything { StandardError.note("that is every key") }
    }
}
