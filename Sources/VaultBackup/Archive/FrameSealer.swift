import VaultSeal
import VaultStore

/// Encrypts, hashes and sends the frames of an archive on a thread of its own, while the next are
/// read from the store.
///
///     store -> ArchiveWriter -> frames, a few at most -> FrameSealer -> output
///
/// SAFETY: `waiting`, `spare`, `failure` and `isEnding` are touched only under `monitor`; `hash`
/// and the counts only on the thread, and by `finish` when the thread has ended.
final class FrameSealer: @unchecked Sendable {
    typealias Output = @Sendable (UnsafeRawBufferPointer) throws(StoreError) -> Void

    private let key: ArchiveKey
    private let output: Output
    private let monitor = Monitor()
    private var waiting: [(kind: ArchiveKey.Frame, buffer: FrameBuffer)] = []
    private var spare: [FrameBuffer] = []
    private var failure: StoreError?
    private var isEnding = false
    private var thread: StoreThread?

    private var hash: ArchiveHash? = ArchiveHash()
    private var contentBytes: UInt64 = 0
    private var number: UInt64 = 0

    /// Starts with what is sent before the frames.
    ///
    /// - Parameter output: takes the archive's next bytes, on the thread; may wait, and throws
    ///   when nobody wants them.
    init(key: ArchiveKey, header: [UInt8], output: @escaping Output) {
        self.key = key
        self.output = output
        thread = StoreThread(name: "archive-seal") { [self] in run(header) }
    }

    /// An empty frame to fill.
    func makeBuffer() -> FrameBuffer {
        monitor.locked { spare.popLast() } ?? FrameBuffer()
    }

    /// Takes a frame, after waiting while too many are unsent. Throws what `output` threw.
    func send(_ buffer: FrameBuffer, as kind: ArchiveKey.Frame) throws(StoreError) {
        try monitor.locked { () throws(StoreError) in
            while failure == nil, waiting.count >= BackupLimits.framesUnsentMax {
                monitor.wait(until: nil)
            }
            if let failure { throw failure }
            waiting.append((kind, buffer))
            monitor.signal()
        }
    }

    /// Ends the thread when everything is sent; nothing may be sent afterwards. Returns the digest
    /// and the size of all of it; throws what `output` threw.
    func finish() throws(StoreError) -> (digest: [UInt8], byteCount: UInt64) {
        end()
        if let failure { throw failure }
        guard let hash = hash.take() else { preconditionFailure("an archive ends once") }
        return (hash.finish(), contentBytes)
    }

    /// Ends the thread without sending what waits. Does nothing after `finish`.
    func cancel() {
        monitor.locked { if failure == nil { failure = .closed } }
        end()
    }

    private func end() {
        monitor.locked {
            isEnding = true
            monitor.signal()
        }
        thread?.join()
        thread = nil
    }

    // MARK: - The thread

    private static let hashedAtOnce = 32 << 10

    private func run(_ header: [UInt8]) {
        var scheduling = IdleScheduling(patience: BackupLimits.framePatience)
        do throws(StoreError) {
            try header.lend { (bytes) throws(StoreError) in try pass(bytes, scheduling) }
            while let (kind, buffer) = take() {
                let start = Monitor.now()
                seal(buffer, as: kind)
                scheduling.giveWay()
                try pass(UnsafeRawBufferPointer(buffer.bytes), scheduling)
                scheduling.note(nanoseconds: Monitor.now() - start)
                buffer.reset()
                monitor.locked { spare.append(buffer) }
            }
        } catch {
            monitor.locked {
                failure = error
                waiting = []
                monitor.signal()
            }
        }
    }

    /// The next frame; nil at the end.
    private func take() -> (kind: ArchiveKey.Frame, buffer: FrameBuffer)? {
        monitor.locked {
            while waiting.isEmpty, !isEnding, failure == nil { monitor.wait(until: nil) }
            guard failure == nil, !waiting.isEmpty else { return nil }
            defer { monitor.signal() }
            return waiting.removeFirst()
        }
    }

    private func seal(_ buffer: FrameBuffer, as kind: ArchiveKey.Frame) {
        // A parent's key is encrypted already.
        if kind != .parent { buffer.extend(by: ArchiveKey.tagCount) }
        let bytes = buffer.bytes
        let body = UnsafeMutableRawBufferPointer(rebasing: bytes[ArchiveFormat.frameHeaderCount...])
        bytes.storeBytes(of: UInt32(body.count).littleEndian, as: UInt32.self)
        bytes.storeBytes(
            of: UInt32(kind.rawValue).littleEndian, toByteOffset: 4, as: UInt32.self)
        if kind != .parent { key.encrypt(body, number: number, as: kind) }
        number += 1
    }

    private func pass(
        _ bytes: UnsafeRawBufferPointer, _ scheduling: borrowing IdleScheduling
    ) throws(StoreError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            hash?.update(UnsafeRawBufferPointer(rebasing: rest.prefix(Self.hashedAtOnce)))
            rest = rest.dropFirst(Self.hashedAtOnce)
            scheduling.giveWay()
        }
        contentBytes += UInt64(bytes.count)
        try output(bytes)
    }
}
