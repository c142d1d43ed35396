import ArgumentParser
import FoundationEssentials
import VaultAPI
import VaultClient

/// `vaultctl get`: prints values.
struct GetCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print the value of a key, or of several at one revision.",
        usage: "vaultctl get KEY... | PREFIX --prefix [--revision N] [--raw | --null]",
        discussion: """
            Prints the value and a newline. A value that is not text is shown escaped at a \
            terminal and refused elsewhere; --raw prints exactly its bytes, with nothing added.

            Of several keys each value is a line, in the order of the names; of a prefix each line \
            has the key's name, escaped as in 'vaultctl list', a tab and the value. All are from \
            one revision. Where a line cannot hold a value, or a key is missing or denied, \
            keys that were named are not printed at all. --null puts a zero byte \
            instead of the newline, and instead of the tab: then values may have any lines, and \
            names are exact.

            Keys that are named need the right to get each of them, a prefix the right to read all \
            that is below it.

            EXAMPLES
              vaultctl get db/password
              vaultctl get db/password --revision 12     as it was then
              vaultctl get tls/key --raw > server.key
              vaultctl get tls/cert tls/key --raw > server.pem
              vaultctl get db/user db/password | { read -r user; read -r password; ...; }
              vaultctl get db/ --prefix --null | while IFS= read -r -d '' key; do ...; done
              vaultctl -o json get db/ --prefix | jq -r '.keys[] | .key'
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(
        help: ArgumentHelp("The names of the keys, or one prefix.", valueName: "key"),
        completion: .custom(KeyCompletion.names))
    var keys: [String]

    @Flag(name: .long, help: "Print every key that begins with KEY.")
    var prefix = false

    @Option(
        name: .long,
        help: ArgumentHelp("A past revision (default: the current one).", valueName: "number"))
    var revision: Int64?

    @Flag(name: .long, help: "Print the exact bytes, with nothing added.")
    var raw = false

    @Flag(
        name: [.customShort("0"), .long],
        help: "Print the exact bytes, and a zero byte after each value.")
    var null = false

    @Flag(name: .long, help: "Drop one newline at the end of each value.")
    var trimNewline = false

    @Flag(name: .long, help: "Do not ask before everything is printed.")
    var yes = false

    func validate() throws {
        guard [raw, null, options.output == .json].count(where: { $0 }) <= 1 else {
            throw CommandFailure(
                .usage, "--raw, --null and -o json exclude each other", nextStep: "choose one")
        }
        if let revision { try RevisionArgument.check(revision) }
        guard keys.count <= SecretReader.keysMax else {
            throw CommandFailure(
                .usage, "\(keys.count) keys are more than \(SecretReader.keysMax)",
                nextStep: "get them in portions, or with --prefix")
        }
        guard prefix else { return try keys.forEach(KeyName.check) }
        guard keys.count == 1 else {
            throw CommandFailure(
                .usage, "--prefix takes one prefix, not \(keys.count)",
                nextStep: "call it once for each")
        }
        guard !raw else {
            throw CommandFailure(
                .usage, "--raw and --prefix exclude each other: nobody could tell the values apart",
                nextStep: "use --null or -o json")
        }
    }

    /// Which one of several keys it is that is denied is said by `SecretReader`.
    var needs: [AccessNeed] {
        guard keys.count == 1 else { return [] }
        return [.init(action: prefix ? .read : .get, range: KeyRange(keys[0], isPrefix: prefix))]
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        if prefix { return try await printPrefix(on: vault, to: &output) }
        var reader = SecretReader(vault, revision: revision, user: options.user)
        var found: [Mvccpb_KeyValue] = []
        for key in keys {
            guard let keyValue = try await reader.read(Array(key.utf8)) else {
                throw notFound(key)
            }
            found.append(trimmed(keyValue))
        }
        switch options.output {
        case .table:
            var printer = printer(for: output)
            // Nothing is printed before all of it can be.
            var text: [UInt8] = []
            for keyValue in found {
                text += try printer.text(of: [UInt8](keyValue.value), key: [UInt8](keyValue.key))
            }
            try output.write(text)
        case .json where keys.count == 1:
            var json = JSONWriter()
            json.object {
                $0.field("key", keys[0])
                ValueListing.writeFields(of: found[0], to: &$0)
            }
            try output.write(document: &json)
        case .json:
            var listing = ValueListing(revision: reader.revision)
            try output.write(listing.render(found))
            try output.write(listing.end())
        }
        return .done
    }

    /// Page by page: nobody has to hold what is below a prefix.
    private func printPrefix(
        on vault: VaultConnection, to output: inout StandardOutput
    ) async throws -> ExitStatus {
        let name = keys[0]
        if name.isEmpty && !yes {
            try Prompt.confirmEverything(
                "This prints every secret of the vault.", word: "print everything")
        }
        var pages = KeyPages(prefix: Array(name.utf8), withValues: true, revision: revision)
        var printer = printer(for: output)
        var listing: ValueListing?
        while let page = try await pages.next(on: vault) {
            guard page.count > 0 else {
                throw CommandFailure(
                    .notFound, Self.nothing(below: name, at: revision),
                    nextStep: "see 'vaultctl list'")
            }
            let found = page.kvs.map(trimmed)
            switch options.output {
            case .table:
                for keyValue in found {
                    let key = [UInt8](keyValue.key)
                    let text = try printer.text(of: [UInt8](keyValue.value), key: key)
                    try output.write(printer.name(of: key) + text)
                }
            case .json:
                var begun =
                    listing
                    ?? ValueListing(
                        prefix: name, revision: pages.revision, count: page.count)
                try output.write(begun.render(found))
                listing = begun
            }
        }
        if var listing { try output.write(listing.end()) }
        return .done
    }

    private func printer(for output: borrowing StandardOutput) -> ValuePrinter {
        let isOne = keys.count == 1 && !prefix
        return ValuePrinter(
            raw ? .raw : null ? .null : isOne ? .line : .lines, isTerminal: output.isTerminal)
    }

    private func trimmed(_ keyValue: Mvccpb_KeyValue) -> Mvccpb_KeyValue {
        guard trimNewline else { return keyValue }
        var (value, result) = ([UInt8](keyValue.value), keyValue)
        TrailingNewline.drop(from: &value)
        result.value = Data(value)
        return result
    }

    /// Why there is nothing to show.
    static func nothing(below prefix: String, at revision: Int64?) -> String {
        let what =
            prefix.isEmpty ? "the vault has no keys" : "no key begins with \(KeyName.shown(prefix))"
        return what + time(revision)
    }

    private static func time(_ revision: Int64?) -> String {
        revision.map { " at revision \($0)" } ?? ""
    }

    private func notFound(_ key: String) -> CommandFailure {
        let isPrefix = key.utf8.last == UInt8(ascii: "/")
        return CommandFailure(
            .notFound, "no key \(KeyName.shown(key))\(Self.time(revision))",
            nextStep: isPrefix
                ? "add --prefix for all that begin with it, or see 'vaultctl list'"
                : "see 'vaultctl list' and 'vaultctl history'")
    }
}
