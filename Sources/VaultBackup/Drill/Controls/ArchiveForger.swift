import Glibc
import Sodium
import VaultSeal
import VaultStore

/// Makes archives that a vault would never make, with the vault's own keys: everything about them
/// verifies but what they say. For the controls that prove that this is noticed.
struct ArchiveForger {
    /// What is changed.
    enum Lie {
        /// The state hash in the summary.
        case stateHash
        /// The last record is left out.
        case droppedRecord
        /// The last record is there twice.
        case repeatedRecord
        /// The rules of access are left out.
        case droppedAccess
    }

    private let opened: OpenedChain

    init(_ opened: OpenedChain) {
        self.opened = opened
    }

    /// The archive of the chain that can tell such a lie: the newest, or for lies about records the
    /// newest that has some. nil when none can.
    func fileIndex(for lie: Lie) -> Int? {
        switch lie {
        case .stateHash, .droppedAccess: opened.chain.files.count - 1
        case .droppedRecord, .repeatedRecord:
            opened.chain.files.lastIndex { $0.footer.recordCount > 0 }
        }
    }

    /// Writes the archive at `fileIndex(for:)` to `path` once more, with a lie in it, encrypted and
    /// signed as the vault would, one frame after the other. False when it has nothing of that
    /// kind to change.
    func forge(_ lie: Lie, to path: String) throws(BackupError) -> Bool {
        guard let index = fileIndex(for: lie), let place = try lastFrame(for: lie, index) else {
            return false
        }
        var number = 0
        try forge(index, to: path, recordChange: Self.recordChange(of: lie)) { frame in
            if number == place { _ = Self.apply(lie, to: &frame) }
            number += 1
        }
        return true
    }

    /// Writes an archive of the chain to `path` once more, encrypted and signed as the vault would,
    /// with every frame as `change` makes it.
    func forge(
        _ index: Int, to path: String, recordChange: Int = 0,
        _ change: (inout (kind: ArchiveKey.Frame, bytes: [UInt8])) -> Void
    ) throws(BackupError) {
        let file = opened.chain.files[index]
        let output = try ScratchFiles.create(path)
        defer { close(output) }
        var hash = ArchiveHash()
        var contentBytes = 0
        var part = try file.read(at: 0, count: opened.headerBytes(ofFile: index))
        var frames = opened.frames(ofFile: index)
        var number = 0
        while true {
            part.withUnsafeBytes { hash.update($0) }
            contentBytes += part.count
            try ScratchFiles.append(part[...], to: output, path)
            guard var frame = try frames.next() else { break }
            change(&frame)
            part = Self.encode(frame, number: UInt64(number), key: opened.key(ofFile: index))
            number += 1
        }
        var footer = file.footer
        footer.digest = hash.finish()
        footer.contentBytes = UInt64(contentBytes)
        footer.recordCount = UInt64(Int(footer.recordCount) + recordChange)
        do throws(SealError) {
            footer.signature = try opened.keyring.live.archiveKeys().sign(
                footer.signedBytes, parent: footer.identity.keyNumber
            ).signature
        } catch { throw .inconclusive("a control could not be made: \(error.text)") }
        try ScratchFiles.append(footer.encode()[...], to: output, path)
    }

    /// The number of the last frame that can tell the lie; nil without one.
    private func lastFrame(for lie: Lie, _ index: Int) throws(BackupError) -> Int? {
        var frames = opened.frames(ofFile: index)
        var (number, last) = (0, Int?.none)
        while var frame = try frames.next() {
            if Self.apply(lie, to: &frame) { last = number }
            number += 1
        }
        return last
    }

    private static func recordChange(of lie: Lie) -> Int {
        switch lie {
        case .stateHash, .droppedAccess: 0
        case .droppedRecord: -1
        case .repeatedRecord: 1
        }
    }

    /// Changes a frame; false when it has nothing of that kind.
    private static func apply(
        _ lie: Lie, to frame: inout (kind: ArchiveKey.Frame, bytes: [UInt8])
    ) -> Bool {
        switch lie {
        case .stateHash:
            guard frame.kind == .last else { return false }
            // Behind the summary's eight numbers.
            frame.bytes[64] ^= 1
        case .droppedRecord:
            guard let item = last(.record, in: frame) else { return false }
            frame.bytes.removeSubrange(item.range)
        case .repeatedRecord:
            guard let item = last(.record, in: frame) else { return false }
            frame.bytes.insert(
                contentsOf: frame.bytes[item.range], at: item.range.upperBound)
        case .droppedAccess:
            guard let item = last(.access, in: frame) else { return false }
            frame.bytes.removeSubrange(item.range)
        }
        return true
    }

    private static func last(
        _ kind: ArchiveFormat.Item, in frame: (kind: ArchiveKey.Frame, bytes: [UInt8])
    ) -> ItemBounds? {
        guard frame.kind == .content else { return nil }
        return ItemBounds.all(in: frame.bytes).last { $0.item == kind }
    }

    private static func encode(
        _ frame: (kind: ArchiveKey.Frame, bytes: [UInt8]), number: UInt64, key: ArchiveKey
    ) -> [UInt8] {
        var bytes = frame.bytes
        if frame.kind != .parent {
            bytes += [UInt8](repeating: 0, count: ArchiveKey.tagCount)
            bytes.withUnsafeMutableBytes { key.encrypt($0, number: number, as: frame.kind) }
        }
        var header = ArchiveBytes()
        header.put(UInt32(bytes.count))
        header.put(UInt32(frame.kind.rawValue))
        return header.bytes + bytes
    }
}
