import Glibc
import VaultBackup

/// A real directory, every call on which can be made to fail, and that notes what was done.
final class InterposedFiles: BackupFiles {
    var path: String { inner.path }
    /// Asked before each call; nil lets it happen.
    var intervene: (FileCall) -> Intervention? = { _ in nil }
    private(set) var operations: [DiskOperation] = []
    private(set) var callCount = 0

    private let inner: any BackupFiles
    private var numbers: [Int32: Int] = [:]
    private var filesMade = 0

    init(_ inner: any BackupFiles) { self.inner = inner }

    func acknowledge() { operations.append(.acknowledge) }

    /// True when the call shall only be pretended.
    private func isPretended(_ call: FileCall) throws(FileFault) -> Bool {
        callCount += 1
        switch intervene(call) {
        case .fail(let code): throw FileFault(code: code, call: "\(call)")
        case .pretend: return true
        case .short, nil: return false
        }
    }

    func create(_ name: String) throws(FileFault) -> Int32 {
        _ = try isPretended(.create)
        let file = try inner.create(name)
        numbers[file] = filesMade
        operations.append(.create(file: filesMade, name: name))
        filesMade += 1
        return file
    }

    func open(_ name: String, appending: Bool) throws(FileFault) -> Int32 {
        _ = try isPretended(.open)
        return try inner.open(name, appending: appending)
    }

    func lock(_ file: Int32) throws(FileFault) -> Bool {
        _ = try isPretended(.lock)
        return try inner.lock(file)
    }

    func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws(FileFault) -> Int {
        callCount += 1
        var some = bytes
        switch intervene(.write) {
        case .fail(let code): throw FileFault(code: code, call: "write")
        case .pretend: return bytes.count
        case .short(let count): some = UnsafeRawBufferPointer(rebasing: bytes.prefix(count))
        case nil: break
        }
        let count = try inner.write(some, to: file)
        if let number = numbers[file] {
            operations.append(.write(file: number, bytes: Array(some.prefix(count))))
        }
        return count
    }

    func setDirect(_ isDirect: Bool, _ file: Int32) -> Bool { inner.setDirect(isDirect, file) }

    func read(_ file: Int32, at offset: Int64, count: Int) throws(FileFault) -> [UInt8] {
        _ = try isPretended(.read)
        return try inner.read(file, at: offset, count: count)
    }

    func size(of file: Int32) throws(FileFault) -> Int64 {
        _ = try isPretended(.size)
        return try inner.size(of: file)
    }

    func isPrivate(_ file: Int32) throws(FileFault) -> Bool {
        _ = try isPretended(.isPrivate)
        return try inner.isPrivate(file)
    }

    func truncate(_ file: Int32, to size: Int64) throws(FileFault) {
        if try isPretended(.truncate) { return }
        try inner.truncate(file, to: size)
    }

    func synchronize(_ file: Int32) throws(FileFault) {
        if try isPretended(.synchronize) { return }
        try inner.synchronize(file)
        if let number = numbers[file] { operations.append(.synchronize(file: number)) }
    }

    func close(_ file: Int32) {
        numbers[file] = nil
        inner.close(file)
    }

    func rename(_ name: String, to target: String, replacing: Bool) throws(FileFault) {
        if try isPretended(.rename) { return }
        try inner.rename(name, to: target, replacing: replacing)
        operations.append(.rename(from: name, to: target))
    }

    func remove(_ name: String) throws(FileFault) {
        if try isPretended(.remove) { return }
        try inner.remove(name)
        operations.append(.remove(name: name))
    }

    func synchronizeDirectory() throws(FileFault) {
        if try isPretended(.synchronizeDirectory) { return }
        try inner.synchronizeDirectory()
        operations.append(.synchronizeDirectory())
    }

    func names() throws(FileFault) -> [String] {
        _ = try isPretended(.names)
        return try inner.names()
    }

    func freeBytes() throws(FileFault) -> Int64 {
        _ = try isPretended(.freeBytes)
        return try inner.freeBytes()
    }
}
