internal import Synchronization

/// Which pages of a file were found so far: each may have one use.
final class PageUse: Sendable {
    private let lastPage: UInt64
    private let words: Mutex<[UInt64]>

    init(lastPage: UInt64) {
        self.lastPage = lastPage
        var words = [UInt64](repeating: 0, count: Int(lastPage / 64) + 1)
        // The meta pages.
        words[0] = 0b11
        self.words = Mutex(words)
    }

    /// Marks `count` pages from `first` on.
    func use(_ first: UInt64, count: UInt64 = 1) throws(FileDamage) {
        guard first <= lastPage, count <= lastPage - first + 1 else {
            throw .structure("refers to page \(first), which it does not have")
        }
        try words.withLock { (words) throws(FileDamage) in
            for page in first..<(first + count) {
                let bit = UInt64(1) << (page % 64)
                guard words[Int(page / 64)] & bit == 0 else {
                    throw .page(page, "is used twice")
                }
                words[Int(page / 64)] |= bit
            }
        }
    }
}
