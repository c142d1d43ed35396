/// What a publisher did to a directory, as far as a power cut can tell.
enum DiskOperation: Equatable {
    case create(file: Int, name: String)
    case write(file: Int, bytes: [UInt8])
    case synchronize(file: Int)
    case rename(from: String, to: String)
    case remove(name: String)
    case synchronizeDirectory
    /// The caller was told that it is done.
    case acknowledge
}
