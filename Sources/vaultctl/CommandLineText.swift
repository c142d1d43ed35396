/// The arguments as the shell gave them. Swift would silently replace what is not UTF-8, and then
/// another key than the one meant would be read or deleted.
enum CommandLineText {
    static func check() throws(CommandFailure) {
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            guard String(validatingCString: argument) != nil else {
                throw CommandFailure(
                    .usage, "argument \(index) is not UTF-8",
                    nextStep: "reach keys with such names through --prefix or another client")
            }
        }
    }
}
