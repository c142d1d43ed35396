/// Every bound of finding out who somebody is, with its reason.
enum IdentityLimits {
    /// Supplementary groups of one process: the kernel's own limit (NGROUPS_MAX).
    static let groupsMax = 65_536

    /// Room for groups at the first try; nearly every process has fewer.
    static let groupsFirst = 64

    /// Bytes read of a file in /proc. A line a hierarchy, and a path has at most 4,096 bytes: what
    /// is longer was made to be long.
    static let procFileBytesMax = 16 << 10

    /// Bytes of a name of a control group, as of any file (NAME_MAX).
    static let controlGroupNameBytesMax = 255

    /// How long an answer about a process stays good. Short beside what a person can do, long
    /// beside a request: a busy connection reads /proc a hundred times a second, not 100,000 times.
    static let unitAgeMax: Duration = .milliseconds(10)

    /// Bytes for an entry of the user and group databases: at first, and at most. A group entry
    /// lists its members, of whom a directory service may know tens of thousands.
    static let accountEntryBytesFirst = 4 << 10
    static let accountEntryBytesMax = 4 << 20

    /// Times that one look-up may be interrupted by a signal before it counts as failed.
    static let interruptionsMax = 100
}
