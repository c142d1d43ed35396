import VaultTestSupport

/// What may happen to the pages of a file.
enum PageMutation: CaseIterable {
    case flipsABit
    case changesAByte
    case cutsTheFile
    case zeroesAPage
    case copiesAPage
    case swapsPages
    case changesAHeader

    static func random(_ random: inout SeededRandom) -> PageMutation { random.pick(allCases) }

    func apply(to file: inout [UInt8], _ random: inout SeededRandom) {
        let pageSize = 4096
        let pages = file.count / pageSize
        // An earlier cut may have left less than a page.
        guard pages > 0 else { return }
        let (one, other) = (
            Int.random(in: 0..<pages, using: &random) * pageSize,
            Int.random(in: 0..<pages, using: &random) * pageSize
        )
        let offset = Int.random(in: 0..<file.count, using: &random)
        switch self {
        case .flipsABit: file[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case .changesAByte: file[offset] = UInt8.random(in: 0...255, using: &random)
        case .cutsTheFile: file.removeLast(file.count - offset)
        case .zeroesAPage:
            file.replaceSubrange(
                one..<(one + pageSize), with: repeatElement(0, count: pageSize))
        case .copiesAPage:
            file.replaceSubrange(one..<(one + pageSize), with: file[other..<(other + pageSize)])
        case .swapsPages:
            for index in 0..<pageSize { file.swapAt(one + index, other + index) }
        case .changesAHeader:
            // What LMDB would trust.
            file[one + Int.random(in: 0..<64, using: &random)] =
                UInt8.random(in: 0...255, using: &random)
        }
    }
}
