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
    /// signed as the vault would. False when it has nothing of that kind to change.
    func forge(_ lie: Lie, to path: String) throws(BackupError) -> Bool {
        guard let index = fileIndex(for: lie) else { return false }
        let file = opened.chain.files[index]
        var content = try file.read(at: 0, count: opened.headerBytes(ofFile: index))
        var frames = try opened.frames(ofFile: index)
        guard Self.apply(lie, to: &frames) else { return false }
        let key = opened.key(ofFile: index)
        for (number, frame) in frames.enumerated() {
            content += Self.encode(frame, number: UInt64(number), key: key)
        }
        var footer = file.footer
        footer.digest = ArchiveHash.digest(of: content)
        footer.contentBytes = UInt64(content.count)
        footer.recordCount = UInt64(
            Int(footer.recordCount) + (Self.recordChange(of: lie)))
        do throws(SealError) {
            footer.signature = try opened.keyring.live.archiveKeys().sign(
                footer.signedBytes, parent: footer.identity.keyNumber
            ).signature
        } catch { throw .inconclusive("a control could not be made: \(error.text)") }
        try ScratchFiles.write(content + footer.encode(), to: path)
        return true
    }

    private static func recordChange(of lie: Lie) -> Int {
        switch lie {
        case .stateHash, .droppedAccess: 0
        case .droppedRecord: -1
        case .repeatedRecord: 1
        }
    }

    private static func apply(
        _ lie: Lie, to frames: inout [(kind: ArchiveKey.Frame, bytes: [UInt8])]
    ) -> Bool {
        guard let last = frames.indices.last else { return false }
        if case .stateHash = lie {
            // Behind the summary's eight numbers.
            frames[last].bytes[64] ^= 1
            return true
        }
        for index in frames.indices.reversed() where frames[index].kind == .content {
            let items = ItemBounds.all(in: frames[index].bytes)
            switch lie {
            case .stateHash: return false
            case .droppedRecord:
                guard let item = items.last(where: { $0.item == .record }) else { continue }
                frames[index].bytes.removeSubrange(item.range)
            case .repeatedRecord:
                guard let item = items.last(where: { $0.item == .record }) else { continue }
                frames[index].bytes.insert(
                    contentsOf: frames[index].bytes[item.range], at: item.range.upperBound)
            case .droppedAccess:
                guard let item = items.last(where: { $0.item == .access }) else { continue }
                frames[index].bytes.removeSubrange(item.range)
            }
            return true
        }
        return false
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
