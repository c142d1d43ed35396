/// `vaultctl backup restore` as a program, whose processes can be starved and killed.
public struct RestoreProgram: Sendable {
    /// The program's file.
    public let path: String
    /// What has it read its key from standard input: `--recovery-key -`.
    public let keyArguments: [String]
    /// Writes the key for that into a pipe.
    public let writeKey: @Sendable (_ descriptor: Int32) -> Void

    public init(
        path: String, keyArguments: [String],
        writeKey: @escaping @Sendable (_ descriptor: Int32) -> Void
    ) {
        self.path = path
        self.keyArguments = keyArguments
        self.writeKey = writeKey
    }
}
