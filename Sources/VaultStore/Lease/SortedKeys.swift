/// Keys in their order, in short pieces, so that one more costs about the same in however many.
///
///     a b | c d | f   plus e  ->  a b | c d | e f
public struct SortedKeys: Sendable {
    /// In order, and none is empty.
    private var pieces: [[Bytes]] = []
    public private(set) var count = 0

    /// What is moved for one more key: some kilobytes.
    private static let pieceKeysMax = 512

    public init() {}

    public var first: Bytes? { pieces.first?.first }

    /// The first that does not come before `key`.
    public func first(notBefore key: Bytes) -> Bytes? {
        let piece = piece(for: key)
        guard piece < pieces.count else { return nil }
        return pieces[piece][place(of: key, in: piece)]
    }

    var all: [Bytes] { Array(pieces.joined()) }

    mutating func insert(_ key: Bytes) {
        guard !pieces.isEmpty else {
            pieces = [[key]]
            count = 1
            return
        }
        let piece = min(piece(for: key), pieces.count - 1)
        let place = place(of: key, in: piece)
        if place < pieces[piece].count, pieces[piece][place] == key { return }
        pieces[piece].insert(key, at: place)
        count += 1
        guard pieces[piece].count > Self.pieceKeysMax else { return }
        let tail = Array(pieces[piece][(Self.pieceKeysMax / 2)...])
        pieces[piece].removeLast(tail.count)
        pieces.insert(tail, at: piece + 1)
    }

    mutating func remove(_ key: Bytes) {
        let piece = piece(for: key)
        guard piece < pieces.count else { return }
        let place = place(of: key, in: piece)
        guard pieces[piece][place] == key else { return }
        pieces[piece].remove(at: place)
        count -= 1
        if pieces[piece].isEmpty { pieces.remove(at: piece) }
    }

    /// The first piece that does not end before `key`.
    private func piece(for key: Bytes) -> Int {
        pieces.firstPlace { piece in !piece[piece.count - 1].precedes(key) }
    }

    private func place(of key: Bytes, in piece: Int) -> Int {
        pieces[piece].firstPlace { !$0.precedes(key) }
    }
}
