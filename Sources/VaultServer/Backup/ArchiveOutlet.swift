import Glibc
import NIOCore
import RPC
import Synchronization
import VaultStore

/// Takes an archive's bytes from the thread that makes it to a client, and holds the thread up
/// while the client does not read.
///
/// SAFETY: `isOver` is touched only under `monitor`; `messages` only by `send`, which one thread at
/// a time calls.
final class ArchiveOutlet: @unchecked Sendable {
    private let call: StreamCall
    private let stallMax: Int64
    private let monitor = Monitor()
    private var isOver = false
    /// Told with the first bytes.
    private let records = Atomic<UInt64>(0)
    /// The last messages. What was sent of them is filled again: to give as much memory back as
    /// the archive has, and have it wiped, would take longer than to copy the archive.
    private var messages = [ByteBuffer](
        repeating: ByteBuffer(), count: Limits.archiveMessagesKept)
    private var next = 0

    /// - Parameter stallMax: nanoseconds without reading after which a client is given up.
    init(_ call: StreamCall, stallMax: Int64 = Limits.archiveStallMax) {
        self.call = call
        self.stallMax = stallMax
    }

    func announce(records: UInt64) { self.records.store(records, ordering: .relaxed) }

    /// The client gave up, or is nobody any more. From any thread.
    func cancel() {
        monitor.locked {
            isOver = true
            monitor.signal()
        }
    }

    /// The client has read. From any thread.
    func writable() {
        monitor.locked { monitor.signal() }
    }

    var isCancelled: Bool { monitor.locked { isOver } }

    /// Sends the next bytes once the client has read enough. Throws `.closed` when it is gone, or
    /// has read nothing for so long that it may as well be.
    func send(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        var rest = bytes
        while !rest.isEmpty {
            try wait()
            let count = min(rest.count, Limits.archiveBlobBytes)
            post(UnsafeRawBufferPointer(rebasing: rest[..<count]))
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    private func post(_ bytes: UnsafeRawBufferPointer) {
        let records = self.records.exchange(0, ordering: .relaxed)
        var head = WireWriter()
        head.unsigned(2, records)
        let tag = head.buffer.readableBytes
        let count = 1 + WireSize.varint(UInt64(bytes.count)) + bytes.count + tag
        next = (next + 1) % messages.count
        // Takes new memory where the connection still has the old.
        messages[next].clear(minimumCapacity: count)
        // SAFETY: there is room for `count` bytes, and all of them are written.
        messages[next].writeWithUnsafeMutableBytes(minimumWritableBytes: count) { output in
            var position = 0
            output[position] = 1 << 3 | 2
            position += 1
            var rest = UInt64(bytes.count)
            while rest >= 0x80 {
                output[position] = UInt8(truncatingIfNeeded: rest) | 0x80
                rest >>= 7
                position += 1
            }
            output[position] = UInt8(rest)
            position += 1
            UnsafeMutableRawBufferPointer(rebasing: output[position..<(position + bytes.count)])
                .copyMemory(from: bytes)
            let end = UnsafeMutableRawBufferPointer(
                rebasing: output[(position + bytes.count)..<count])
            head.buffer.withUnsafeReadableBytes { end.copyMemory(from: $0) }
            return count
        }
        call.send(messages[next])
    }

    private func wait() throws(StoreError) {
        let deadline = Monitor.now() + stallMax
        try monitor.locked { () throws(StoreError) in
            while !isOver && !call.isWritable {
                guard Monitor.now() < deadline else { throw .closed }
                monitor.wait(until: deadline)
            }
            if isOver { throw .closed }
        }
    }
}
