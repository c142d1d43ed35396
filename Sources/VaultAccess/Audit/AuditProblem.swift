/// Something in a log that vaultd did not write there, or that is missing.
public struct AuditProblem: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The line has other content than when it was written.
        case edited
        /// Lines are missing before this one.
        case removed
        /// The line stands at another place than it was written.
        case reordered
        /// The line stands there once more.
        case duplicated
        /// The line is none of the log's.
        case inserted
        /// Lines are missing at the end of the file.
        case truncated
        /// The file ends inside of a line, as after a kill in the middle of a write.
        case torn
        /// One or more files of the series are missing before this one.
        case missingFile = "missing file"
        /// The chain is right and the MAC is not: made by somebody without the key.
        case wrongMAC = "wrong mac"
        /// The chain is right, the vault was unsealed, and there is no MAC: as above.
        case missingMAC = "missing mac"
        /// The chain is right and the line is not JSON.
        case notJSON = "not json"
        /// A line that is longer than any that is written.
        case overlong
        /// The head is damaged, made by somebody without the key, or another log's.
        case wrongHead = "wrong head"
    }

    public var kind: Kind
    /// The file, as it was named to the verifier.
    public var file: String
    /// The line in it, from 1 on; where lines are missing, the line that they would be at.
    public var line: Int
    /// The numbers of the lines that are missing or wrong, where they are known.
    public var sequences: ClosedRange<UInt64>?
    /// How many lines in a row have this problem.
    public var lineCount = 1
}
