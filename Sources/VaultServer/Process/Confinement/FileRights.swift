/// What Landlock can allow, by the kernel's bits (landlock(7)).
struct FileRights: OptionSet, Sendable {
    let rawValue: UInt64

    static let execute = FileRights(rawValue: 1 << 0)
    static let writeFile = FileRights(rawValue: 1 << 1)
    static let readFile = FileRights(rawValue: 1 << 2)
    static let listDirectory = FileRights(rawValue: 1 << 3)
    static let removeDirectory = FileRights(rawValue: 1 << 4)
    static let removeFile = FileRights(rawValue: 1 << 5)
    static let makeDirectory = FileRights(rawValue: 1 << 7)
    static let makeFile = FileRights(rawValue: 1 << 8)
    static let makeSocket = FileRights(rawValue: 1 << 9)
    /// Moving a file from one directory to another that allows it.
    static let refer = FileRights(rawValue: 1 << 13)
    static let truncate = FileRights(rawValue: 1 << 14)

    /// What there is about a file; the rest is about directories, and refused for a file.
    static let ofFiles: FileRights = [
        .execute, .writeFile, .readFile, .truncate, FileRights(rawValue: 1 << 15),
    ]

    static let read: FileRights = [.readFile, .listDirectory]
    /// All that a directory of ours is for. Nothing is ever executed, and no device is made.
    static let readAndChange: FileRights = [
        .read, .writeFile, .truncate, .makeFile, .makeDirectory, .makeSocket, .removeFile,
        .removeDirectory, .refer,
    ]

    /// Every right that a version of Landlock knows: those are refused unless allowed.
    ///
    ///     1 -> bits 0 to 12     2 -> and 13 (refer)     3 -> and 14 (truncate)     5 -> and 15
    static func known(toVersion version: Int) -> FileRights {
        switch version {
        case ..<1: []
        case 1: FileRights(rawValue: 1 << 13 - 1)
        case 2: FileRights(rawValue: 1 << 14 - 1)
        case 3, 4: FileRights(rawValue: 1 << 15 - 1)
        default: FileRights(rawValue: 1 << 16 - 1)
        }
    }
}
