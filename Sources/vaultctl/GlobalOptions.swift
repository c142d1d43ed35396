import ArgumentParser
import Glibc

/// The options of every command. They may stand before or after the command's name.
struct GlobalOptions: ParsableArguments {
    static let defaultSocket = "/run/vaultd/vaultd.sock"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The socket of vaultd (default: $VAULTD_SOCKET, then \(defaultSocket)).",
            valueName: "path"),
        completion: .file())
    var socket: String?

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: "A table for people, or one JSON document for programs: table or json.")
    var output: OutputFormat = .table

    var socketPath: String {
        if let socket { return socket }
        if let variable = getenv("VAULTD_SOCKET"), variable[0] != 0 {
            return String(cString: variable)
        }
        return Self.defaultSocket
    }
}
