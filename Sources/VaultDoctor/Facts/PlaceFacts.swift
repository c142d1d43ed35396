/// The files of a vault, seen from outside of it.
public struct PlaceFacts: Equatable, Sendable {
    /// Whose everything should be.
    public var userID: UInt32 = 0
    public var directoryPath = ""
    /// The data directory; nil when there is none or it may not be looked at.
    public var directory: FileFacts?
    /// What is in it and in its audit directory; nil when it may not be read.
    public var files: [FileFacts]?
    public var fileSystem: FileSystemFacts?
    /// The key file of an unseal at start, when there is one.
    public var keyfilePath: String?
    public var keyfile: FileFacts?
    /// The directory of the archives, when it is known.
    public var backupsPath: String?
    public var backups: FileFacts?
    public var configuration: FileFacts?
    public var socketPath: String?
    public var socket: FileFacts?
    public var socketDirectory: FileFacts?

    public init() {}

    /// Looks at the paths that are given.
    public static func read(
        directory: String, keyfile: String?, backups: String? = nil, configuration: String?,
        socket: String?, userID: UInt32
    ) -> PlaceFacts {
        var facts = PlaceFacts()
        facts.userID = userID
        facts.directoryPath = directory
        facts.directory = FileFacts.read(directory)
        facts.files = files(in: directory)
        facts.fileSystem = FileSystemFacts.read(directory)
        facts.keyfilePath = keyfile
        facts.keyfile = keyfile.flatMap(FileFacts.read)
        facts.backupsPath = backups
        facts.backups = backups.flatMap(FileFacts.read)
        facts.configuration = configuration.flatMap(FileFacts.read)
        facts.readSocket(socket)
        return facts
    }

    /// Looks at the socket alone: what a client can know.
    public static func read(socket: String, userID: UInt32) -> PlaceFacts {
        var facts = PlaceFacts()
        facts.userID = userID
        facts.readSocket(socket)
        return facts
    }

    private mutating func readSocket(_ path: String?) {
        socketPath = path
        socket = path.flatMap(FileFacts.read)
        socketDirectory = path.flatMap { FileFacts.read(Self.directory(of: $0)) }
    }

    private static func files(in directory: String) -> [FileFacts]? {
        guard let names = SmallFile.names(in: directory) else { return nil }
        return names.compactMap { FileFacts.read(directory + "/" + $0) }.flatMap { file in
            file.kind == .directory ? [file] + (files(in: file.path) ?? []) : [file]
        }
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
