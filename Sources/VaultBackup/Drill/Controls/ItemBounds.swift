/// Where an item of a frame begins and ends.
struct ItemBounds {
    var item: ArchiveFormat.Item
    var range: Range<Int>

    /// Of a frame that is sound.
    static func all(in frame: [UInt8]) -> [ItemBounds] {
        var found: [ItemBounds] = []
        var position = 0
        while position < frame.count, let item = ArchiveFormat.Item(rawValue: frame[position]) {
            // What stands before the size: the kind, and a record's place or a lease's id.
            let head =
                switch item {
                case .record: 13
                case .lease, .audit: 9
                case .access, .kept: 1
                }
            guard position + head + 4 <= frame.count else { return found }
            let size = frame[(position + head)..<(position + head + 4)].reversed()
                .reduce(0) { $0 << 8 | Int($1) }
            let end = position + head + 4 + size
            guard end <= frame.count else { return found }
            found.append(ItemBounds(item: item, range: position..<end))
            position = end
        }
        return found
    }
}
