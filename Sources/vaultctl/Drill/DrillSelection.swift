import ArgumentParser
import VaultBackup

/// Which of the archives is drilled.
enum DrillSelection: String, CaseIterable, ExpressibleByArgument {
    case latest
    /// Any of those that are there, by the drill's seed.
    case random
    case oldest

    /// As reports say it.
    var text: String {
        switch self {
        case .latest: "LATEST"
        case .random: "RANDOM_WITHIN_WINDOW"
        case .oldest: "OLDEST"
        }
    }

    /// The one of `archives`, oldest first, that ends the chain to be drilled.
    func pick(_ archives: [ArchiveFile], seed: Int64) -> ArchiveFile? {
        switch self {
        case .latest: archives.last
        case .random:
            archives.isEmpty ? nil : archives[Int(seed.magnitude % UInt64(archives.count))]
        case .oldest: archives.first
        }
    }
}
