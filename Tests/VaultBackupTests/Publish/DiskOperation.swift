/// What was done to a tree of directories, as far as a power cut can tell. Names are paths below
/// its top, which is "".
enum DiskOperation: Equatable {
    case makeDirectory(name: String)
    case create(file: Int, name: String)
    /// At an offset; nil is at the end.
    case write(file: Int, at: Int? = nil, bytes: [UInt8])
    case resize(file: Int, to: Int)
    case synchronize(file: Int)
    case link(from: String, to: String)
    case rename(from: String, to: String)
    case remove(name: String)
    case synchronizeDirectory(name: String = "")
    /// The caller was told that it is done.
    case acknowledge

    /// The directory whose names it changes; nil when it changes none.
    var directory: String? {
        switch self {
        case .makeDirectory(let name), .create(_, let name), .link(_, let name),
            .rename(_, let name), .remove(let name):
            Self.parent(of: name)
        case .write, .resize, .synchronize, .synchronizeDirectory, .acknowledge: nil
        }
    }

    /// "a" of "a/b", "" of "a".
    static func parent(of name: String) -> String {
        name.split(separator: "/").dropLast().joined(separator: "/")
    }
}
