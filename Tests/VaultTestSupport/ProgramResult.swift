/// What a program that ran to its end left behind.
public struct ProgramResult: Sendable, CustomStringConvertible {
    /// How it ended.
    public let status: ExitStatus
    /// Everything on standard output.
    public let output: [UInt8]
    /// Everything on standard error.
    public let errors: [UInt8]

    /// Standard output as UTF-8.
    public var outputText: String { String(decoding: output, as: UTF8.self) }
    /// Standard error as UTF-8.
    public var errorText: String { String(decoding: errors, as: UTF8.self) }
    /// For a failed expectation.
    public var description: String { "\(status)\nstdout: \(outputText)\nstderr: \(errorText)" }
}
