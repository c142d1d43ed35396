import FoundationEssentials
import VaultAccess

/// One key or neighbouring keys, as etcd's pair of a key and an end.
struct KeyRange: Equatable {
    let key: [UInt8]
    /// Empty for one key; one zero byte for every key from `key` on.
    let end: [UInt8]

    init(key: some Sequence<UInt8>, end: some Sequence<UInt8> = []) {
        self.key = Array(key)
        self.end = Array(end)
    }

    /// Every key that begins with the prefix.
    init(prefix: some Sequence<UInt8>) {
        let (key, end) = KeyName.range(prefix: Array(prefix))
        self.init(key: key, end: end)
    }

    /// What a command with an optional `--prefix` is about.
    init(_ key: String, isPrefix: Bool) {
        self = isPrefix ? KeyRange(prefix: key.utf8) : KeyRange(key: key.utf8)
    }

    /// Whether it is every key that begins with `key`.
    var isPrefix: Bool { isEverything || Data(end) == KeyName.range(prefix: key).end }

    /// The keys that are in both; nil when there are none.
    func overlap(with other: KeyRange) -> KeyRange? {
        if end.isEmpty { return other.contains(key) ? self : nil }
        if other.end.isEmpty { return contains(other.key) ? other : nil }
        let first = key.lexicographicallyPrecedes(other.key) ? other.key : key
        let ends = [end, other.end].filter { $0 != [0] }
        let end = ends.min { $0.lexicographicallyPrecedes($1) } ?? [0]
        guard end == [0] || first.lexicographicallyPrecedes(end) else { return nil }
        return KeyRange(key: first, end: end)
    }

    private func contains(_ name: [UInt8]) -> Bool {
        if end.isEmpty { return name == key }
        return !name.lexicographicallyPrecedes(key)
            && (end == [0] || name.lexicographicallyPrecedes(end))
    }

    var isEverything: Bool { KeySpan(key: key, rangeEnd: end) == .all }

    /// The range as a command takes it: `app/web/ --prefix`.
    var words: String {
        if isEverything { return "'' --prefix" }
        let name = Self.word(key)
        if end.isEmpty { return name }
        if end == [0] { return name + " --from-key" }
        if Data(end) == KeyName.range(prefix: key).end { return name + " --prefix" }
        return "\(name) --range-end \(Self.word(end))"
    }

    /// For tables and sentences.
    var shown: String { isEverything ? "every key" : words }

    /// Names are somebody else's words: escaped for the terminal, then quoted for the shell.
    private static func word(_ bytes: [UInt8]) -> String {
        ShellWord.quoted(TerminalText.escaped(bytes))
    }

    /// As fields of an object that is open.
    func write(to json: inout JSONWriter) {
        json.field("key", bytes: key, encodingField: "key_encoding")
        guard !end.isEmpty else {
            json.name("range_end")
            return json.null()
        }
        json.field("range_end", bytes: end, encodingField: "range_end_encoding")
    }
}
