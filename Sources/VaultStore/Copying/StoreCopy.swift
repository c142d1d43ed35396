/// A whole, durable file of sealed records as the store was at one moment, below the data
/// directory. It is removed with this value; whoever has it open may go on reading it.
public struct StoreCopy: ~Copyable {
    /// The newest revision in it.
    public let revision: Revision
    private let directory: CopyDirectory

    init(_ directory: consuming CopyDirectory, revision: Revision) {
        self.directory = directory
        self.revision = revision
    }

    /// The LMDB file.
    public var path: String { directory.path + "/data.mdb" }
}
