/// Why a file is not opened.
public enum FileDamage: Error, Equatable, Sendable {
    /// There is no file.
    case missing
    /// The file is shorter than its own pages.
    case tooShort(bytes: Int)
    /// Not an LMDB file at all.
    case foreign
    /// An LMDB file of another version, page size or byte order.
    case unsupported(version: Int)
    /// A page contradicts itself or the rest of the file.
    case page(UInt64, String)
    /// The pages are sound one by one, but not together.
    case structure(String)
    /// The operating system failed; the number is `errno`.
    case system(Int32)
}

extension FileDamage: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing: "the data file is missing"
        case .tooShort(let bytes): "the data file is cut off after \(bytes) bytes"
        case .foreign: "the data file is not one of LMDB"
        case .unsupported(let version): "the data file has the unknown LMDB version \(version)"
        case .page(let number, let reason): "page \(number) of the data file \(reason)"
        case .structure(let reason): "the data file \(reason)"
        case .system(let code): "the data file cannot be read (errno \(code))"
        }
    }
}
