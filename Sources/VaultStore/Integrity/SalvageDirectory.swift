/// The directory of a file that holds what could be saved; it goes with the store that reads it.
final class SalvageDirectory: Sendable {
    private let directory: CopyDirectory

    var path: String { directory.path }

    init(in parent: String) throws(StoreError) {
        directory = try CopyDirectory(in: parent)
    }
}
