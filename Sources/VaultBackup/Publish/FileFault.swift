import Glibc

/// A system call on a file that failed.
public struct FileFault: Error, Equatable, Sendable {
    /// The `errno` of the call.
    public var code: Int32
    /// What was called on what, for messages: "rename a.vab".
    public var call: String

    public init(code: Int32, call: String) {
        self.code = code
        self.call = call
    }

    /// What the failure means for whoever wanted to write into `directory`.
    public func error(in directory: String) -> BackupError {
        let reason = String(cString: strerror(code))
        let what = "\(call) in \(directory): \(reason)"
        return switch code {
        case ENOSPC, EDQUOT: .noSpace("\(what); free some space or prune, then run it again")
        case EFBIG: .noSpace("\(what); raise the limit of file sizes, then run it again")
        case EEXIST: .targetInUse("\(what); choose another name")
        default: .inconclusive("\(what); see to the disk and the directory, then run it again")
        }
    }
}
