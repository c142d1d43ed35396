import ArgumentParser
import VaultClient

/// The vault that a line under completion is about.
enum CompletionVault {
    /// A shell waits while it completes.
    private static let timeout = Duration.seconds(2)

    static func connect(_ arguments: [String]) async throws -> VaultConnection {
        let words = KeyCompletion.socketArguments(arguments) + loginArguments(arguments)
        // Not parsed: the parser of a debug build ends a program whose options are completed by
        // asynchronous functions, when they are parsed without a command.
        var options = GlobalOptions()
        options.socket = value(of: "--socket", in: words)
        options.output = .table
        options.user = value(of: "--user", in: words)
        options.userPasswordFile = value(of: "--user-password-file", in: words)
        return try await options.connect(timeout: timeout)
    }

    /// The part of the line that says who asks. A password is not asked for in the middle of a
    /// line: without a file for it, what the caller itself may see is offered.
    static func loginArguments(_ arguments: [String]) -> [String] {
        guard let user = value(of: "--user", in: arguments),
            let file = value(of: "--user-password-file", in: arguments)
        else { return [] }
        return ["--user", user, "--user-password-file", file]
    }

    private static func value(of option: String, in arguments: [String]) -> String? {
        if let index = arguments.lastIndex(of: option), index + 1 < arguments.count {
            return arguments[index + 1]
        }
        return arguments.last { $0.hasPrefix(option + "=") }.map {
            String($0.dropFirst(option.count + 1))
        }
    }
}
