import ArgumentParser
import Glibc

@main
enum Main {
    static func main() {
        do {
            var command = try VaultdCommand.parseAsRoot()
            try command.run()
        } catch {
            // The parser's own status for wrong usage is 64; vaultd's commands all say 2.
            guard VaultdCommand.exitCode(for: error) == .validationFailure else {
                VaultdCommand.exit(withError: error)
            }
            let message = VaultdCommand.message(for: error)
            StandardStreams.writeError("vaultd: \(message); see 'vaultd --help'")
            exit(2)
        }
    }
}
