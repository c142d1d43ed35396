/// Hides values in a stream of bytes, wherever they begin and however the stream is cut.
///
///     hide "swordfish":   "a sword" -> "a "   "fish b" -> "*** b"
///
/// What may still become a value is held back, so that a value that is printed in two pieces is
/// hidden too; at most as many bytes as the longest value has.
struct OutputMask {
    static let replacement = Array("***".utf8)
    /// Shorter lines of a value are words of anybody's: `{`, `end`.
    private static let lineBytesMin = 8

    /// The longest first: a value that begins with another one is hidden whole.
    private var secrets: [[UInt8]] = []
    /// Which bytes a secret begins with.
    private var begins = [Bool](repeating: false, count: 256)
    private var held: [UInt8] = []

    /// Hides a value. A newline at its end stays, since it ends a line of the output as well.
    mutating func add(_ value: [UInt8]) {
        let isEnd = { (byte: UInt8) in byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
        var whole = value
        while let last = whole.last, isEnd(last) { whole.removeLast() }
        let lines = whole.split(whereSeparator: isEnd).map(Array.init)
        insert(whole)
        guard lines.count > 1 else { return }
        for line in lines where line.count >= Self.lineBytesMin { insert(line) }
    }

    private mutating func insert(_ secret: [UInt8]) {
        guard let first = secret.first, !secrets.contains(secret) else { return }
        begins[Int(first)] = true
        let place = secrets.firstIndex { $0.count < secret.count } ?? secrets.endIndex
        secrets.insert(secret, at: place)
    }

    /// Takes the next bytes of the stream, and gives what can be shown.
    mutating func pass(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        held.append(contentsOf: bytes)
        return shown(isEnd: false)
    }

    /// The end of the stream: nothing is waited for any more.
    mutating func finish() -> [UInt8] { shown(isEnd: true) }

    private mutating func shown(isEnd: Bool) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        search: while position < held.count {
            switch find(at: position, isEnd: isEnd) {
            case .nothing:
                result.append(held[position])
                position += 1
            case .secret(let count):
                result += Self.replacement
                position += count
            case .perhaps: break search
            }
        }
        held.removeFirst(position)
        return result
    }

    private enum Finding {
        case nothing, perhaps
        case secret(count: Int)
    }

    private func find(at position: Int, isEnd: Bool) -> Finding {
        guard begins[Int(held[position])] else { return .nothing }
        let rest = held[position...]
        for secret in secrets {
            if rest.count >= secret.count {
                if rest.starts(with: secret) { return .secret(count: secret.count) }
            } else if !isEnd, secret.starts(with: rest) {
                return .perhaps
            }
        }
        return .nothing
    }
}
