import SwiftProtobuf
import VaultAPI
import VaultTestSupport

extension RequestGenerator {
    /// Leases here last longer than the run: what ends by itself is another test's matter.
    mutating func lease() -> KVRequest {
        switch random.next() % 12 {
        case ..<4: .grant(grant())
        case ..<6: .revoke(.with { $0.id = leaseID() })
        case ..<8: .keepAlive(.with { $0.id = leaseID() })
        case ..<11:
            .timeToLive(
                .with {
                    $0.id = leaseID()
                    $0.keys = !random.once(in: 4)
                })
        default: .leases(Etcdserverpb_LeaseLeasesRequest())
        }
    }

    private mutating func grant() -> Etcdserverpb_LeaseGrantRequest {
        let id = random.once(in: 6) ? 0 : leaseID()
        if id == 0 { choicesAsked += 1 }
        return .with {
            $0.id = id
            $0.ttl =
                id == 0
                ? 10_000 + choicesAsked
                : random.pick([3_600, 5_000, 86_400, 9_000_000_000, 9_000_000_001, .max])
        }
    }

    /// One of few, so that they meet; now and then one that the servers chose, or none.
    mutating func leaseID() -> Int64 {
        if random.once(in: 5), let chosen = chosenLeases.last { return chosen }
        return random.pick([77, 77, 77, 78, 78, 79, -1, .max, .min, 0])
    }
}
