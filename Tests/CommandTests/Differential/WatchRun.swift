import FoundationEssentials
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

/// Watches two stores that are changed in the same way, and compares what each watcher is told.
///
/// When a response comes, and how many revisions it holds, is left to the server. What a watcher is
/// told in all is not: whenever the two sides meet, each watcher has been told the same.
final class WatchRun {
    struct Divergence: Error, CustomStringConvertible {
        let description: String
    }

    private let seed: UInt64
    private let oracle: WatchSide
    private let subject: WatchSide
    private let asksProgress: Bool
    /// Their files are removed with them.
    private let stores: [@Sendable () throws -> any TestServer]
    private var generator: WatchGenerator
    /// What happened, for people.
    private var journal: [String] = []
    /// Revisions in which a deletion was told to the witnesses.
    private var deletions: Set<Int64> = []
    private(set) var tally: [String: Int] = [:]

    /// - Parameters:
    ///   - alteration: what is done to the subject's responses: canaries spoil them here.
    ///   - asksProgress: etcd 3.4.23 may answer too early (etcd #15220); only others are asked.
    init(
        seed: UInt64, subject: Contestant = .vaultd, asksProgress: Bool = true,
        alteration: @escaping WatchSide.WatchAlteration = { [$0] }
    ) async throws {
        self.seed = seed
        self.asksProgress = asksProgress
        generator = WatchGenerator(seed: seed)
        stores = [try Contestant.etcd.makeStore(), try subject.makeStore()]
        oracle = try await WatchSide(try stores[0]()) { [$0] }
        self.subject = try await WatchSide(try stores[1](), alteration: alteration)
    }

    /// Throws `Divergence` where the sides differ.
    func run(steps: Int) async throws {
        let everything = Etcdserverpb_WatchCreateRequest.with {
            $0.key = Data([0])
            $0.rangeEnd = Data([0])
        }
        try await create(everything, WatchSide.witness.stream)
        for _ in 0..<steps {
            try await perform(generator.next(live: live.filter { $0 != WatchSide.witness }))
            if let broken = subject.complaints.first { throw divergence(broken) }
        }
        try await meet()
        await oracle.close()
        await subject.close()
    }

    /// The witness comes first.
    private var live: [WatchSide.WatcherName] {
        oracle.watchers.keys.sorted { ($0.stream, $1.id) > ($1.stream, $0.id) }
    }

    private func divergence(_ what: String) -> Divergence {
        Divergence(
            description: """
                seed \(seed): \(what) (replay with VAULT_SEED=\(seed))
                --- the last steps before it
                \(journal.suffix(25).joined(separator: "\n"))
                """)
    }

    private func count(_ what: String) { tally[what, default: 0] += 1 }

    // MARK: - Steps

    private func perform(_ step: WatchGenerator.Step) async throws {
        switch step {
        case .call(let request):
            journal.append(String(request.text.prefix(400)))
            _ = try await call(request)
        case .create(let request, let stream):
            journal.append("stream \(stream): create \(request.textFormatString())")
            try await create(request, stream)
        case .cancel(let name):
            journal.append("stream \(name.stream): cancel \(name.id)")
            try await cancel(name)
        case .progress(let stream):
            if asksProgress { try await subject.askProgress(on: stream) }
        case .reopen(let stream):
            journal.append("stream \(stream): reopen")
            let gone = live.filter { $0.stream == stream }
            for name in gone {
                try comparePrefix(name, oracle.watchers[name], subject.watchers[name])
            }
            try await oracle.reopen(stream)
            try await subject.reopen(stream)
        case .meet: try await meet()
        }
    }

    @discardableResult
    private func call(_ request: KVRequest) async throws -> KVAnswer {
        let bytes = try request.bytes()
        let one = KVAnswer(await oracle.connection.call(request.method.path, bytes), to: request)
        let two = KVAnswer(await subject.connection.call(request.method.path, bytes), to: request)
        let isExplained = KnownDifference.all.contains { $0.explains(request, one, two) }
        if one != two && !isExplained {
            throw divergence("the answers differ\n\(request.text)\n\(one.text)\n\(two.text)")
        }
        try await LeaseAdoption.adopt(request, one, on: oracle.connection)
        try await LeaseAdoption.adopt(request, two, on: subject.connection)
        generator.learn(request, one)
        return one
    }

    private func create(
        _ request: Etcdserverpb_WatchCreateRequest, _ stream: Int
    ) async throws {
        let one = try await oracle.create(request, on: stream)
        let two = try await subject.create(request, on: stream)
        try compare(one, two)
        count(one.canceled ? one.cancelReason : "created")
        guard !one.canceled, request.startRevision > 0,
            request.startRevision < generator.compacted
        else { return }
        let name = WatchSide.WatcherName(stream: stream, id: one.watchID)
        try compare(
            try await oracle.awaitCancellation(name), try await subject.awaitCancellation(name))
        generator.burn(name)
        count("compacted")
    }

    private func cancel(_ name: WatchSide.WatcherName) async throws {
        let one = try await oracle.cancel(name)
        let two = try await subject.cancel(name)
        guard let one, let two else { return count("nothing to cancel") }
        try compare(one.answer, two.answer)
        try comparePrefix(name, one.seen, two.seen)
        count("cancelled")
    }

    private func compare(
        _ one: Etcdserverpb_WatchResponse, _ two: Etcdserverpb_WatchResponse
    ) throws {
        guard one != two else { return }
        throw divergence(
            "etcd answered \(one.textFormatString()), vaultd \(two.textFormatString())")
    }

    // MARK: - Meeting

    /// Changes something for every watcher, waits until each has heard of it, and compares.
    private func meet() async throws {
        let latest = live.compactMap { oracle.watchers[$0]?.start }.max() ?? 0
        while generator.revision < latest { try await call(put([Array("filler".utf8)])) }
        let last = try await tellEverybody()
        for name in live {
            guard let revision = last[name] else { continue }
            try await oracle.read(name, until: revision)
            try await subject.read(name, until: revision)
        }
        for name in live {
            guard let one = oracle.watchers[name], let two = subject.watchers[name] else {
                throw divergence("only one side has the watcher \(name)")
            }
            try compareAll(name, one, two)
        }
        if asksProgress {
            for stream in Set(live.map(\.stream)) { try await subject.awaitProgress(on: stream) }
        }
        if let broken = subject.complaints.first { throw divergence(broken) }
        oracle.forgetEvents()
        subject.forgetEvents()
        journal.append("met at \(generator.revision)")
    }

    /// Returns the last revision that each watcher must hear of.
    private func tellEverybody() async throws -> [WatchSide.WatcherName: Int64] {
        let watchers = live.compactMap { name in oracle.watchers[name].map { (name, $0) } }
        let all = Set(watchers.map { Self.firstKey($0.1) })
        let deleted = Set(
            watchers.filter { $0.1.request.filters.contains(.noput) }.map { Self.firstKey($0.1) })
        guard !all.isEmpty else { return [:] }
        guard let put = try await call(put(all)).revision else { return [:] }
        var deletion: Int64 = 0
        if !deleted.isEmpty { deletion = try await call(delete(deleted)).revision ?? 0 }
        var last: [WatchSide.WatcherName: Int64] = [:]
        for (name, watcher) in watchers {
            let filters = watcher.request.filters
            if !filters.contains(.noput) { last[name] = put }
            if !filters.contains(.nodelete), deleted.contains(where: watcher.holds) {
                last[name] = deletion
            }
        }
        return last
    }

    private static func firstKey(_ watcher: SeenWatcher) -> [UInt8] {
        watcher.request.key.isEmpty ? [0] : Array(watcher.request.key)
    }

    private func put(_ keys: Set<[UInt8]>) -> KVRequest {
        .transaction(
            .with { transaction in
                for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                    transaction.success.append(
                        .with {
                            $0.requestPut.key = Data(key)
                            $0.requestPut.value = Data("met".utf8)
                        })
                }
            })
    }

    private func delete(_ keys: Set<[UInt8]>) -> KVRequest {
        .transaction(
            .with { transaction in
                for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                    transaction.success.append(.with { $0.requestDeleteRange.key = Data(key) })
                }
            })
    }

    private func compareAll(
        _ name: WatchSide.WatcherName, _ one: SeenWatcher, _ two: SeenWatcher
    ) throws {
        let one = withoutEventsBeforeStart(one)
        if name == WatchSide.witness {
            deletions.formUnion(one.events.filter { $0.type == .delete }.map(\.kv.modRevision))
        }
        var told = two.events
        if told != one.events { told = withoutLostTombstones(told, one) }
        if told != one.events { told = withoutLostPredecessors(told, one) }
        for _ in one.events { count("event") }
        if told == one.events { return }
        let place = zip(told, one.events).enumerated().first { $1.0 != $1.1 }?.offset
        let first = place ?? min(told.count, one.events.count)
        throw divergence(
            """
            the watcher \(name) was told \(one.events.count) events by etcd, \(told.count) by vaultd
            --- asked \(one.request.textFormatString())
            --- event \(first) of etcd: \(text(one.events, first))
            --- event \(first) of vaultd: \(text(told, first))
            """)
    }

    private func text(_ events: [Mvccpb_Event], _ index: Int) -> String {
        events.indices.contains(index)
            ? String(events[index].textFormatString().prefix(600)) : "none"
    }

    /// etcd #18089: 3.4.23 loses deletions at the very revision of a compaction, and does not tell
    /// them to a watcher that starts there. That they happened, both witnesses were told before.
    private func withoutLostTombstones(
        _ told: [Mvccpb_Event], _ oracle: SeenWatcher
    ) -> [Mvccpb_Event] {
        guard oracle.start == generator.compacted, deletions.contains(oracle.start) else {
            return told
        }
        count("deletions that etcd lost")
        return told.filter { $0.type != .delete || $0.kv.modRevision != oracle.start }
    }

    /// etcd looks up what was there before an event when it tells of it, and leaves it out when a
    /// compaction got there first. vaultd may be earlier.
    private func withoutLostPredecessors(
        _ told: [Mvccpb_Event], _ oracle: SeenWatcher
    ) -> [Mvccpb_Event] {
        var told = told
        for (index, event) in oracle.events.enumerated() where index < told.count {
            guard !event.hasPrevKv, told[index].hasPrevKv,
                event.kv.modRevision <= generator.compacted
            else { continue }
            count("predecessors that etcd lost")
            told[index].clearPrevKv()
        }
        return told
    }

    /// etcd #20221: 3.4.23 may tell a watcher that starts in the future events from before that.
    /// vaultd must not, which is one of the rules of `SeenWatcher`.
    private func withoutEventsBeforeStart(_ oracle: SeenWatcher) -> SeenWatcher {
        var kept = oracle
        kept.events.removeAll { $0.kv.modRevision < oracle.start }
        if kept.events.count < oracle.events.count { count("watchers that etcd told too much") }
        return kept
    }

    /// How much a watcher that ends has been told may differ; what it was told may not.
    private func comparePrefix(
        _ name: WatchSide.WatcherName, _ one: SeenWatcher?, _ two: SeenWatcher?
    ) throws {
        guard var one, let two else { throw divergence("only one side has the watcher \(name)") }
        one = withoutEventsBeforeStart(one)
        // etcd loses the deletions when its compaction got there first, and tells them otherwise.
        guard !agree(one.events, two.events) else { return }
        let told = withoutLostTombstones(two.events, one)
        guard agree(one.events, withoutLostPredecessors(told, one)) else {
            let pairs = zip(one.events, two.events).enumerated()
            let place = pairs.first { $1.0 != $1.1 }?.offset ?? 0
            throw divergence(
                """
                the watcher \(name) was told something else before its end
                --- asked \(one.request.textFormatString()), begins at \(one.start)
                --- compacted to \(generator.compacted)
                --- event \(place) of etcd: \(text(one.events, place))
                --- event \(place) of vaultd: \(text(two.events, place))
                """)
        }
    }

    private func agree(_ one: [Mvccpb_Event], _ two: [Mvccpb_Event]) -> Bool {
        let common = min(one.count, two.count)
        return one.prefix(common) == two.prefix(common)
    }
}
