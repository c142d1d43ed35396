import Synchronization
import Testing
import VaultSeal
import VaultStore
import VaultTestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// A store in a directory of its own.
final class StoreFixture {
    private let scratch: TemporaryDirectory
    var directory: String { scratch.path }
    let cipher: RecordCipher
    let stateHashKey: StateHashKey
    private let configuration: StoreConfiguration
    private(set) var store: Store

    init(
        quotaBytes: Int64 = Limits.quotaBytesDefault,
        change: (inout StoreConfiguration) -> Void = { _ in }
    ) throws {
        scratch = try TemporaryDirectory()
        let keyring = try TestCipher.make(in: scratch.path)
        cipher = keyring.cipher
        stateHashKey = keyring.stateHashKey
        var configuration = StoreConfiguration(quotaBytes: quotaBytes)
        change(&configuration)
        self.configuration = configuration
        try Store.create(in: scratch.path, cipher: cipher, stateHashKey: stateHashKey)
        store = try Store.open(
            in: scratch.path, cipher: cipher, stateHashKey: stateHashKey,
            configuration: configuration)
    }

    func reopen() throws {
        store.close()
        store = try Store.open(
            in: scratch.path, cipher: cipher, stateHashKey: stateHashKey,
            configuration: configuration)
    }

    /// Opens a store that was closed.
    func openAgain() throws {
        store = try Store.open(
            in: scratch.path, cipher: cipher, stateHashKey: stateHashKey,
            configuration: configuration)
    }

    func readFile(_ name: String) throws -> [UInt8] {
        try Files.read(name.hasPrefix("/") ? name : directory + "/" + name)
    }

    func writeFile(_ name: String, _ bytes: [UInt8]) throws {
        let file = try #require(fopen(directory + "/" + name, "w"))
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    /// Submits writes so that they share one commit, and waits for the end of all. `whileHeld` runs
    /// while the writer does nothing.
    func writeTogether(
        _ requests: [WriteRequest], whileHeld: () -> Void = {}
    ) throws -> [Result<WriteResult, StoreError>] {
        let isQueued = Gate()
        let isHeld = Gate()
        // The writer answers this one and waits; whatever is queued meanwhile is its next batch.
        store.submit(Self.noWork) { answer in
            isHeld.open(answer)
            _ = isQueued.wait()
        }
        let hold = try isHeld.wait().get()
        whileHeld()
        let gates = requests.map { _ in Gate() }
        for (request, gate) in zip(requests, gates) { store.submit(request) { gate.open($0) } }
        isQueued.open(.success(hold))
        return gates.map { $0.wait() }
    }

    /// Changes nothing, and takes its turn at the writer.
    static let noWork = WriteRequest.delete(DeleteOperation(range: KeyRange(key: [0xff, 0xff])))

    /// Submits a write and waits for its end.
    func write(_ request: WriteRequest) throws -> WriteResult {
        let gate = Gate()
        store.submit(request) { gate.open($0) }
        return try gate.wait().get()
    }
}

/// Hands one result from the writer's thread to the test's.
final class Gate: Sendable {
    private let result = Mutex<Result<WriteResult, StoreError>?>(nil)

    func open(_ value: Result<WriteResult, StoreError>) {
        result.withLock { $0 = value }
    }

    func wait() -> Result<WriteResult, StoreError> {
        while true {
            if let value = result.withLock({ $0 }) { return value }
            sched_yield()
        }
    }
}
