import FoundationEssentials
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

/// Random requests to watch, among the changes of `RequestGenerator`.
struct WatchGenerator {
    enum Step {
        case call(KVRequest)
        case create(Etcdserverpb_WatchCreateRequest, stream: Int)
        case cancel(WatchSide.WatcherName)
        case progress(stream: Int)
        case reopen(stream: Int)
        /// Everything must have arrived, and be equal.
        case meet
    }

    static let watchersMax = 40

    private(set) var requests: RequestGenerator
    private var random: SeededRandom
    private var waiting: [Step] = []
    /// Ids that a compaction took. etcd keeps them taken, vaultd gives them free again.
    private var burned: Set<WatchSide.WatcherName> = []

    init(seed: UInt64) {
        requests = RequestGenerator(seed: seed)
        random = SeededRandom(seed: seed &+ 0x5eed)
    }

    var revision: Int64 { requests.revision }
    var compacted: Int64 { requests.compacted }

    mutating func learn(_ request: KVRequest, _ answer: KVAnswer) {
        requests.learn(request, answer)
    }

    mutating func burn(_ name: WatchSide.WatcherName) { burned.insert(name) }

    /// - Parameter live: the watchers that there are.
    mutating func next(live: [WatchSide.WatcherName]) -> Step {
        if !waiting.isEmpty { return waiting.removeFirst() }
        let stream = Int(random.next() % UInt64(WatchSide.streamCount))
        switch random.next() % 100 {
        case ..<18 where live.count < Self.watchersMax: return create(on: stream)
        case ..<24:
            if !random.once(in: 5), !live.isEmpty { return .cancel(random.pick(live)) }
            return .cancel(.init(stream: stream, id: random.pick([77, -5, 1_000])))
        case ..<30: return .progress(stream: stream)
        case ..<33: return .meet
        case 33: return .reopen(stream: stream)
        case 34: return large()
        default: return change()
        }
    }

    /// A watcher that lags behind a compaction is cancelled by the one server and not by the other;
    /// hence the meeting before it.
    private mutating func change() -> Step {
        while true {
            let request = requests.next()
            switch request {
            case .range, .malformed, .timeToLive, .leases: continue
            case .compact:
                waiting.append(.call(request))
                return .meet
            case .put, .delete, .transaction, .grant, .revoke, .keepAlive: return .call(request)
            }
        }
    }

    /// Enough for a response in several pieces, where previous values are wanted.
    private mutating func large() -> Step {
        for number in 0..<5 {
            waiting.append(
                .call(
                    .put(
                        .with {
                            $0.key = Data("n\(number)/large".utf8)
                            $0.value = Data(repeating: 8, count: 450_000)
                        })))
        }
        waiting.append(
            .call(
                .delete(
                    .with {
                        $0.key = Data("n".utf8)
                        $0.rangeEnd = Data("o".utf8)
                    })))
        return waiting.removeFirst()
    }

    private mutating func create(on stream: Int) -> Step {
        var request = Etcdserverpb_WatchCreateRequest()
        (request.key, request.rangeEnd) = requests.keyRange(wideOnce: 3)
        switch random.next() % 20 {
        case ..<8: break
        case ..<13: request.startRevision = max(0, revision - Int64(random.next() % 40))
        case ..<16: request.startRevision = max(0, compacted + random.pick([-1, 0, 0, 0, 1]))
        case 16: request.startRevision = 1
        default: request.startRevision = revision + 1 + Int64(random.next() % 6)
        }
        request.prevKv = random.once(in: 2)
        request.fragment = random.once(in: 3)
        request.progressNotify = random.once(in: 4)
        if random.once(in: 5) { request.filters = [random.pick([.noput, .nodelete])] }
        let isForgotten = request.startRevision > 0 && request.startRevision < compacted
        if !isForgotten, random.once(in: 4) {
            let id: Int64 = random.pick([1, 2, 3, 5, 8, 13, -2, -7, .max])
            if !burned.contains(.init(stream: stream, id: id)) { request.watchID = id }
        }
        return .create(request, stream: stream)
    }
}
