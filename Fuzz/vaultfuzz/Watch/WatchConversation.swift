import FoundationEssentials
import NIOCore
import SwiftProtobuf
import VaultAPI

@testable import RPC
@testable import VaultAccess
@testable import VaultServer
@testable import VaultStore

/// One watch stream and the changes of its store: sends what the client sends, and has
/// `WatchExpectation` judge what comes back.
final class WatchConversation {
    private static let turnsMax = 5_000

    private let vault: OpenVault
    private let gate: ServerGate
    private let loop = QueuedLoop()
    private let call: StreamCall
    private let barrier = WatchBarrier()
    private var handler: WatchCall?
    private var history = WatchHistory()
    private var expectation: WatchExpectation
    /// A message was none: the call is over.
    private var isOver = false

    private var store: Store { vault.store }

    init(gate: ServerGate, vault: OpenVault, userID: UInt32, unsentBytesMax: Int) {
        self.gate = gate
        self.vault = vault
        let peer = PeerCredentials(processID: 7, userID: userID, groupID: userID)
        call = StreamCall(
            path: Methods.Watch.watch.path, peer: peer, identification: UnknownPeer.instance,
            metadata: Metadata(), deadline: nil, mailbox: Mailbox(eventLoop: loop), slot: 0,
            unread: UnreadAnswers(UnreadAnswers.Total(bytesMax: 1 << 30)),
            unsentBytesMax: unsentBytesMax, uncountedBytesMax: 4_096)
        expectation = WatchExpectation(
            rights: gate.access.rights(
                of: .peer(
                    PeerIdentity(processID: 7, userID: userID, groupID: userID), unit: nil)))
    }

    func open() throws(StoreError) {
        handler = WatchCall(call: call, gate: gate, open: vault)
        precondition(handler != nil, "a stream is opened")
        try barrier.open(on: store)
    }

    // MARK: - The store

    func put(_ keys: [Bytes], _ value: Bytes) throws(StoreError) {
        try history.put(keys, value, in: store)
        settle()
    }

    func delete(_ range: KeyRange) throws(StoreError) {
        try history.delete(range, in: store)
        settle()
    }

    func compact(_ revision: Int64, physical: Bool) throws(StoreError) {
        try history.compact(revision, physical: physical, in: store)
        settle()
    }

    private func settle() {
        barrier.pass()
        loop.run()
    }

    // MARK: - The client

    func send(_ bytes: [UInt8]) {
        guard !isOver else { return }
        // What the connection does for a stream that has too much to answer.
        for _ in 0..<Self.turnsMax where call.isPaused { read() }
        precondition(!call.isPaused, "a client that reads may ask again")
        handler?.received(ByteBuffer(bytes: bytes))
        loop.run()
        do {
            expectation.asked(try Etcdserverpb_WatchRequest(serializedBytes: bytes))
        } catch { isOver = true }
        barrier.pass()
    }

    func read() {
        settle()
        let buffers = call.takeSent()
        for buffer in buffers { take(buffer) }
        if call.sent(buffers.reduce(0) { $0 + $1.readableBytes }) { handler?.writable() }
        settle()
    }

    private func take(_ buffer: ByteBuffer) {
        var buffer = buffer
        while buffer.readableBytes > 0 {
            guard buffer.readInteger(as: UInt8.self) == 0,
                let count = buffer.readInteger(as: UInt32.self),
                let bytes = buffer.readBytes(length: Int(count))
            else { preconditionFailure("what is sent are whole messages") }
            let response: Etcdserverpb_WatchResponse
            do { response = try Etcdserverpb_WatchResponse(serializedBytes: bytes) } catch {
                preconditionFailure("an answer is a message: \(error)")
            }
            expectation.take(response, history, upTo: store.revision.rawValue)
        }
    }

    // MARK: - The end

    /// A client that reads on is told everything, in the end.
    func end() throws(StoreError) {
        guard !isOver else { return }
        try put([[0x61]], [])
        for _ in 0..<Self.turnsMax where expectation.awaitsWatcher { read() }
        for id in expectation.future(after: store.revision.rawValue) { cancel(id) }
        // Somebody is there to be told how far the store is.
        send(
            RequestSeeds.encoded(
                Etcdserverpb_WatchRequest.with {
                    $0.createRequest = .with { $0.key = .init([0x61]) }
                }))
        for _ in 0..<Self.turnsMax {
            send(
                RequestSeeds.encoded(
                    Etcdserverpb_WatchRequest.with { $0.progressRequest = .init() }))
            read()
            if expectation.progress == store.revision.rawValue { break }
        }
        precondition(
            expectation.isAllTold(history, upTo: store.revision.rawValue),
            "who reads is told everything")
    }

    private func cancel(_ id: Int64) {
        send(
            RequestSeeds.encoded(
                Etcdserverpb_WatchRequest.with {
                    $0.cancelRequest = .with { $0.watchID = id }
                }))
    }

    /// After the store was closed.
    func hangUp() {
        barrier.close()
        loop.run()
        handler?.cancelled()
        handler = nil
        loop.run()
    }
}
