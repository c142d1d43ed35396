import Glibc

/// gRPC over HTTP/2 by hand on a UNIX socket, for loads that must cost little beside what they
/// measure. One method a connection: of every call after the first, the headers are six bytes.
///
/// Answers are read as messages and ends of streams; response headers are not decoded. An answer
/// without a message is a refusal.
final class RawConnection {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private static let windowMax = Int(Int32.max)
    private static let frameBytesMax = 16_384
    /// What the server may send is raised again each time this much has come.
    private static let windowStep = 64 << 20

    let descriptor: Int32
    /// Calls that ended after a message.
    private(set) var answerCount = 0
    private var messageCount = 0
    private let path: [UInt8]
    private var nextStream: UInt32 = 1
    private var output: [UInt8] = []
    /// Bytes that the server takes: in all, and on each stream that stays open.
    private var connectionWindow = 65_535
    private var initialWindow = 65_535
    private var streamWindows: [UInt32: Int] = [:]
    private var input: UnsafeMutableRawBufferPointer
    private var inputCount = 0
    private var unreturned = 0
    private var streamUnreturned: [UInt32: Int] = [:]
    /// Messages of which not everything has come.
    private var partial: [UInt32: [UInt8]] = [:]

    /// Connects to `socket` for calls of the method at `path`.
    init(_ socket: String, path: String) throws {
        self.path = Array(path.utf8)
        input = .allocate(byteCount: 1 << 20, alignment: 16)
        descriptor = try UnixClient.connect(socket)
        output = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        frame(4, stream: 0, [0, 4] + Self.bigEndian(Self.windowMax))
        frame(8, stream: 0, Self.bigEndian(Self.windowMax - 65_535))
        try flush()
    }

    deinit {
        close(descriptor)
        input.deallocate()
    }

    // MARK: - Sending

    /// Begins a call that stays open.
    func openStream() -> UInt32 {
        let stream = begin()
        streamWindows[stream] = initialWindow
        return stream
    }

    /// A whole call: one message.
    func call(_ message: [UInt8]) throws {
        let stream = begin()
        try send(message, on: stream, ends: true)
    }

    /// Queues a message; waits while the server takes no more.
    func send(_ message: [UInt8], on stream: UInt32, ends: Bool = false) throws {
        guard message.count + 5 <= 65_535 || streamWindows[stream] != nil else {
            throw Failure(description: "a call's message must fit into a fresh stream's window")
        }
        var rest = ([0] + Self.bigEndian(message.count) + message)[...]
        repeat {
            let part = rest.prefix(Self.frameBytesMax)
            rest = rest.dropFirst(part.count)
            while connectionWindow < part.count || streamWindows[stream] ?? .max < part.count {
                try flush()
                // Answers to earlier calls are only counted; a stream's would be lost.
                _ = try receive(waits: true) { _, _ in
                    guard streamWindows.isEmpty else {
                        throw Failure(description: "an answer came while the server took no more")
                    }
                }
            }
            connectionWindow -= part.count
            streamWindows[stream]? -= part.count
            frame(0, flags: ends && rest.isEmpty ? 1 : 0, stream: stream, part)
        } while !rest.isEmpty
    }

    func flush() throws {
        var done = 0
        while done < output.count {
            let count = output.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress.map { $0 + done }, $0.count - done,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "the server closed the connection") }
            done += count
        }
        output.removeAll(keepingCapacity: true)
    }

    private func begin() -> UInt32 {
        let stream = nextStream
        nextStream += 2
        guard stream == 1 else {
            // The entries that the first call made: path, authority, content-type, te.
            frame(1, flags: 4, stream: stream, [0x83, 0x86, 0xC1, 0xC0, 0xBF, 0xBE])
            return stream
        }
        // POST, http, and four literals to be remembered (RFC 7541 section 6.2.1).
        var block: [UInt8] = [0x83, 0x86, 0x44, UInt8(path.count)] + path
        for (name, text) in [(0x41, "localhost"), (0x5F, "application/grpc")] {
            block += [UInt8(name), UInt8(text.utf8.count)] + Array(text.utf8)
        }
        block += [0x40, 2] + Array("te".utf8) + [8] + Array("trailers".utf8)
        frame(1, flags: 4, stream: stream, block)
        return stream
    }

    private func frame(
        _ type: UInt8, flags: UInt8 = 0, stream: UInt32, _ payload: some Collection<UInt8>
    ) {
        output.append(contentsOf: Self.bigEndian(payload.count).dropFirst())
        output.append(type)
        output.append(flags)
        output.append(contentsOf: Self.bigEndian(Int(stream)))
        output.append(contentsOf: payload)
    }

    private static func bigEndian(_ number: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).bigEndian) { Array($0) }
    }

    // MARK: - Receiving

    typealias Receiver = (_ stream: UInt32, _ message: UnsafeRawBufferPointer) throws -> Void

    /// Reads once from the socket and hands on every complete message. Returns how many bytes came;
    /// zero when there was nothing and `waits` is false.
    func receive(waits: Bool = false, _ receiver: Receiver) throws -> Int {
        let room = UnsafeMutableRawBufferPointer(rebasing: input[inputCount...])
        let count = recv(
            descriptor, room.baseAddress, room.count, waits ? 0 : Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return 0 }
        guard count > 0 else { throw Failure(description: "the server closed the connection") }
        inputCount += count
        let bytes = UnsafeRawBufferPointer(rebasing: input[..<inputCount])
        var start = 0
        while inputCount - start >= 9 {
            let head = Int(bytes.loadBigEndian(at: start))
            let length = head >> 8
            guard inputCount - start >= 9 + length else { break }
            let payload = UnsafeRawBufferPointer(
                rebasing: bytes[(start + 9)..<(start + 9 + length)])
            let stream = bytes.loadBigEndian(at: start + 5) & 0x7FFF_FFFF
            try take(UInt8(head & 0xFF), bytes[start + 4], stream, payload, receiver)
            start += 9 + length
        }
        inputCount -= start
        if inputCount > 0, start > 0, let base = input.baseAddress {
            base.copyMemory(from: base + start, byteCount: inputCount)
        }
        if !output.isEmpty { try flush() }
        return count
    }

    private func take(
        _ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: UnsafeRawBufferPointer,
        _ receiver: Receiver
    ) throws {
        switch type {
        case 0:
            try takeBody(stream, payload, receiver)
            returnWindow(stream, payload.count)
        case 1 where flags & 1 != 0:
            guard messageCount > answerCount, streamWindows[stream] == nil else {
                throw Failure(description: "the server refused a call or ended a stream")
            }
            answerCount += 1
        case 3, 7:
            throw Failure(description: "the server reset a stream or the connection")
        case 4 where flags & 1 == 0:
            takeSettings(payload)
        case 6 where flags & 1 == 0:
            frame(6, flags: 1, stream: 0, payload)
        case 8:
            let step = Int(payload.loadBigEndian(at: 0) & 0x7FFF_FFFF)
            if stream == 0 { connectionWindow += step } else { streamWindows[stream]? += step }
        default:
            break
        }
    }

    private func takeSettings(_ payload: UnsafeRawBufferPointer) {
        for start in stride(from: 0, to: payload.count - 5, by: 6) where payload[start + 1] == 4 {
            let window = Int(payload.loadBigEndian(at: start + 2))
            for stream in streamWindows.keys { streamWindows[stream]? += window - initialWindow }
            initialWindow = window
        }
        frame(4, flags: 1, stream: 0, [])
    }

    private func takeBody(
        _ stream: UInt32, _ payload: UnsafeRawBufferPointer, _ receiver: Receiver
    ) throws {
        var rest = payload
        if var known = partial[stream] {
            partial[stream] = nil
            known.append(contentsOf: rest)
            let isWhole = known.withUnsafeBytes { $0.firstMessageCount != nil }
            guard isWhole else {
                partial[stream] = known
                return
            }
            try known.withUnsafeBytes { bytes in
                rest = bytes
                try handOn(stream, &rest, receiver)
                if !rest.isEmpty { partial[stream] = Array(rest) }
            }
            return
        }
        try handOn(stream, &rest, receiver)
        if !rest.isEmpty {
            var kept: [UInt8] = []
            // A large message comes in many frames.
            if rest.count >= 5 { kept.reserveCapacity(5 + Int(rest.loadBigEndian(at: 1))) }
            kept.append(contentsOf: rest)
            partial[stream] = kept
        }
    }

    private func handOn(
        _ stream: UInt32, _ rest: inout UnsafeRawBufferPointer, _ receiver: Receiver
    ) throws {
        while let count = rest.firstMessageCount {
            messageCount += 1
            try receiver(stream, UnsafeRawBufferPointer(rebasing: rest[5..<(5 + count)]))
            rest = UnsafeRawBufferPointer(rebasing: rest[(5 + count)...])
        }
    }

    private func returnWindow(_ stream: UInt32, _ count: Int) {
        unreturned += count
        if unreturned >= Self.windowStep {
            frame(8, stream: 0, Self.bigEndian(unreturned))
            unreturned = 0
        }
        guard streamWindows[stream] != nil else { return }
        streamUnreturned[stream, default: 0] += count
        if let owed = streamUnreturned[stream], owed >= Self.windowStep {
            frame(8, stream: stream, Self.bigEndian(owed))
            streamUnreturned[stream] = 0
        }
    }
}

extension UnsafeRawBufferPointer {
    func loadBigEndian(at offset: Int) -> UInt32 {
        UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// Bytes of the first gRPC message, when all of it is there.
    fileprivate var firstMessageCount: Int? {
        guard count >= 5 else { return nil }
        let length = Int(loadBigEndian(at: 1))
        return count >= 5 + length ? length : nil
    }
}
