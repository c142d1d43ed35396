import VaultAPI
import VaultTestSupport

/// Sends the same requests to two stores and stops at the first answers that differ unexplained.
struct DifferentialRun {
    var oracle = Contestant.etcd
    var subject = Contestant.vaultd
    /// What is done to the subject's answers before they are compared: canaries damage them here.
    var alteration: @Sendable (KVRequest, KVAnswer) -> KVAnswer = { $1 }
    /// After this many requests the subject is opened anew.
    var reopenEvery = Int.max
    /// Each starts two servers.
    var shrinkAttempts = 24

    /// `count` random requests on fresh stores. `tally` counts the oracle's answers.
    func run(
        seed: UInt64, count: Int, tally: inout Tally
    ) async throws -> Divergence? {
        var generator = RequestGenerator(seed: seed)
        var requests: [KVRequest] = []
        let found = try await compare(seed: seed, &tally) { index in
            guard index < count else { return nil }
            requests.append(generator.next())
            return requests[index]
        } learn: {
            generator.learn($0, $1)
        }
        guard var found else { return nil }
        found.requests = requests
        return try await shrink(found)
    }

    /// The given requests on fresh stores.
    func replay(seed: UInt64, _ requests: [KVRequest]) async throws -> Divergence? {
        var tally = Tally()
        return try await compare(seed: seed, &tally) {
            $0 < requests.count ? requests[$0] : nil
        } learn: { _, _ in
        }
    }

    private func compare(
        seed: UInt64, _ tally: inout Tally, next: (Int) -> KVRequest?,
        learn: (KVRequest, KVAnswer) -> Void
    ) async throws -> Divergence? {
        let openOracle = try oracle.makeStore()
        let openSubject = try subject.makeStore()
        let left = try openOracle()
        var right = try openSubject()
        let leftConnection = try await KVConnection(left.socketPath)
        var rightConnection = try await KVConnection(right.socketPath)
        var index = 0
        var found: Divergence?
        while found == nil, let request = next(index) {
            if index > 0, index % reopenEvery == 0 {
                await rightConnection.close()
                try right.kill()
                right = try openSubject()
                rightConnection = try await KVConnection(right.socketPath)
            }
            let bytes = try request.bytes()
            let one = KVAnswer(
                await leftConnection.call(request.method.path, bytes), to: request)
            let two = alteration(
                request,
                KVAnswer(await rightConnection.call(request.method.path, bytes), to: request))
            tally.add(request, one)
            if one != two {
                let known = KnownDifference.all.first { $0.explains(request, one, two) }
                if let known {
                    tally.addExplained(known.reason)
                } else {
                    found = Divergence(
                        seed: seed, index: index, requests: [], oracle: one, subject: two)
                }
            }
            if found == nil {
                try await LeaseAdoption.adopt(request, one, on: leftConnection)
                try await LeaseAdoption.adopt(request, two, on: rightConnection)
            }
            learn(request, one)
            index += 1
        }
        await leftConnection.close()
        await rightConnection.close()
        return found
    }

    /// Drops requests before the telling one, in halves and then smaller pieces, as long as the
    /// answers still differ.
    private func shrink(_ found: Divergence) async throws -> Divergence {
        var best = found
        var piece = max(1, best.requests.count / 2)
        var attemptsLeft = shrinkAttempts
        while attemptsLeft > 0 {
            var start = 0
            while start < best.requests.count - 1, attemptsLeft > 0 {
                var fewer = best.requests
                fewer.removeSubrange(start..<min(start + piece, fewer.count - 1))
                attemptsLeft -= 1
                if var smaller = try await replay(seed: found.seed, fewer) {
                    smaller.requests = Array(fewer.prefix(smaller.index + 1))
                    best = smaller
                } else {
                    start += piece
                }
            }
            if piece == 1 { break }
            piece = max(1, piece / 2)
        }
        return best
    }
}
