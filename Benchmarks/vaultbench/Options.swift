import VaultTestSupport

/// What the command line asks for.
struct Options {
    var keys = 1_000_000
    var requests = 60_000
    var seconds = 10
    var jsonPath: String?

    static let usage = """
        usage: vaultbench [--keys N] [--requests N] [--seconds N] [--json FILE]
               vaultbench scan SOCKET       read all keys in a loop
               vaultbench guess SOCKET      unseal with a wrong passphrase in a loop
        """

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw BenchFailure(Options.usage) }
            switch (name, Int(value)) {
            case ("--keys", let number?): keys = number
            case ("--requests", let number?): requests = number
            case ("--seconds", let number?): seconds = number
            case ("--json", _): jsonPath = value
            default: throw BenchFailure(Options.usage)
            }
        }
        guard keys >= 1_000, requests >= 1_000, seconds >= 1 else {
            throw BenchFailure("at least 1000 keys, 1000 requests and 1 second")
        }
    }
}
