import Testing
import VaultTestSupport

/// Programs one system call of which fails, or is the last thing that they do.
struct FaultyProgram: CustomTestStringConvertible {
    /// The name of the call.
    let call: String
    /// What strace injects: `error=EIO`, `signal=KILL`.
    let fault: String

    /// More calls of one kind than this no command makes for a small vault.
    static let callsMax = 200

    var testDescription: String { "\(call) \(fault)" }

    /// Runs a program whose call of this number goes wrong; nil when it makes fewer.
    func run(
        _ program: String, _ arguments: [String], number: Int
    ) throws -> ProgramResult? {
        let scratch = try TemporaryDirectory()
        let log = scratch.file("log")
        let result = try Program.run(
            try BuiltPrograms.system("strace", package: "strace"),
            [
                "-f", "-qq", "-o", log, "-e", "trace=\(call)", "-e",
                "inject=\(call):\(fault):when=\(number)", program,
            ] + arguments, timeout: .seconds(120))
        let text = try Files.text(log)
        let isHit =
            fault.hasPrefix("signal") ? text.contains("+++ killed") : text.contains("(INJECTED)")
        return isHit ? result : nil
    }

    /// Does `body` for the first call, the second, and so on, while it is true; how often it was.
    func sweep(_ body: (_ number: Int) throws -> Bool) throws -> Int {
        for number in 1...Self.callsMax {
            if try !body(number) { return number - 1 }
        }
        return Self.callsMax
    }
}
