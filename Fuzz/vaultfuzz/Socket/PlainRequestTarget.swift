@testable import RPC

/// What comes over HTTP/1.1, read in two pieces, byte by byte and at once: the same is made of it,
/// and what counts as a request is one.
///
///     where it is cut, then the bytes
final class PlainRequestTarget: FuzzTarget {
    private static let bytesMax = 256

    func take(_ input: [UInt8]) {
        var input = Input(input)
        let cut = Int(input.number(UInt16.self))
        let bytes = input.remainder()
        let whole = read([bytes[...]])
        let cutAt = min(cut, bytes.count)
        require(read([bytes[..<cutAt], bytes[cutAt...]]) == whole, "where it is cut is no matter")
        require(read(bytes.indices.map { bytes[$0...$0] }) == whole, "bytes may come one by one")
        guard case .complete(let request) = whole else { return }
        let line = Array(bytes.prefix { $0 != UInt8(ascii: "\r") })
        require(line.starts(with: request.method.utf8), "the method is the first word")
        require(request.method.utf8.allSatisfy { (65...90).contains($0) }, "it is in capitals")
        require(request.path.utf8.first == UInt8(ascii: "/"), "a path begins with a slash")
        require(request.path.utf8.allSatisfy { (0x21...0x7e).contains($0) }, "it is one word")
        require(!request.path.utf8.contains(UInt8(ascii: "?")), "a query is no part of it")
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        require(words.count == 3 && words[2].starts(with: "HTTP/1.".utf8), "it is HTTP/1")
        require(words[1].starts(with: request.path.utf8), "the path is the second word")
    }

    private func read(_ pieces: [ArraySlice<UInt8>]) -> PlainRequestReader.Progress {
        var reader = PlainRequestReader(bytesMax: Self.bytesMax)
        for piece in pieces where !piece.isEmpty {
            let progress = piece.withUnsafeBytes { reader.take($0) }
            if progress != .incomplete { return progress }
        }
        return .incomplete
    }

    var seeds: [[UInt8]] {
        [
            "GET /metrics HTTP/1.1\r\nHost: vaultd\r\nUser-Agent: curl/8.5.0\r\n\r\n",
            "HEAD /livez?verbose HTTP/1.0\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
            "GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 250),
        ].map { [9, 0] + Array($0.utf8) }
    }
}
