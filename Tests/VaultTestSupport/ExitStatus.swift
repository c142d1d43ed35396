/// How a program ended.
public enum ExitStatus: Equatable, Sendable {
    /// It returned this status.
    case exit(Int32)
    /// This signal ended it.
    case signal(Int32)

    /// From the word that `waitpid` fills in.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .exit((waitStatus >> 8) & 0xff) : .signal(signal)
    }
}
