/// Every state that a power cut may leave of what was done to a tree of directories.
///
/// Between two fsyncs of a file none, the first half, the second half or all of its new bytes are
/// on the disk; of the changes of names in a directory since its last fsync, the first few are, in
/// order. (Weaker than ALICE's model, and stricter than ext4: a new name is not taken to be durable
/// with its file's fsync.)
struct CrashStates {
    private enum Entry: Hashable {
        case directory
        case file(Int)
    }

    /// Each once.
    private(set) var all: Set<CrashState> = []

    private var files: [Int: CrashFile] = [:]
    private var durableNames: [String: Entry] = [:]
    /// By directory.
    private var pending: [String: [DiskOperation]] = [:]
    private var isAcknowledged = false

    /// - Parameters:
    ///   - before: what was there, with file numbers from -1 down in the order of names.
    ///   - directories: those that were there.
    init(
        of operations: [DiskOperation], before: [String: [UInt8]] = [:],
        directories: Set<String> = []
    ) {
        for name in directories { durableNames[name] = .directory }
        for (index, file) in before.sorted(by: { $0.key < $1.key }).enumerated() {
            files[-1 - index] = CrashFile(file.value)
            durableNames[file.key] = .file(-1 - index)
        }
        addStates()
        for operation in operations {
            take(operation)
            addStates()
        }
    }

    private mutating func take(_ operation: DiskOperation) {
        switch operation {
        case .create(let file, _): files[file] = CrashFile()
        case .write(let file, let offset, let bytes): files[file]?.write(bytes, at: offset)
        case .resize(let file, let count): files[file]?.resize(to: count)
        case .synchronize(let file): files[file]?.synchronize()
        case .synchronizeDirectory(let name):
            for change in pending[name] ?? [] { Self.apply(change, to: &durableNames) }
            pending[name] = nil
        case .acknowledge: isAcknowledged = true
        case .makeDirectory, .link, .rename, .remove: break
        }
        if let directory = operation.directory { pending[directory, default: []].append(operation) }
    }

    private static func apply(_ change: DiskOperation, to names: inout [String: Entry]) {
        switch change {
        case .makeDirectory(let name): names[name] = .directory
        case .create(let file, let name): names[name] = .file(file)
        case .link(let from, let to): names[to] = names[from]
        case .rename(let from, let to): names[to] = names.removeValue(forKey: from)
        case .remove(let name): names[name] = nil
        case .write, .resize, .synchronize, .synchronizeDirectory, .acknowledge: break
        }
    }

    /// Those after the operations so far.
    private mutating func addStates() {
        var namings = [durableNames]
        for changes in pending.values {
            namings = namings.flatMap { names in
                (0...changes.count).map { count in
                    var names = names
                    for change in changes[..<count] { Self.apply(change, to: &names) }
                    return names
                }
            }
        }
        for names in Set(namings) { all.formUnion(states(names)) }
    }

    private func states(_ names: [String: Entry]) -> [CrashState] {
        var states = [CrashState(isAcknowledged: isAcknowledged)]
        for (name, entry) in names where Self.isReachable(name, names) {
            switch entry {
            case .directory:
                for index in states.indices { states[index].directories.insert(name) }
            case .file(let number):
                states = states.flatMap { state in
                    (files[number]?.possible ?? []).map { bytes in
                        var state = state
                        state.files[name] = bytes
                        return state
                    }
                }
            }
        }
        return states
    }

    private static func isReachable(_ name: String, _ names: [String: Entry]) -> Bool {
        let parent = DiskOperation.parent(of: name)
        return parent.isEmpty || (names[parent] == .directory && isReachable(parent, names))
    }
}
