internal import Synchronization

/// Has a check go on behind what is damaged, and keeps what that was.
public final class FileTolerance: Sendable {
    /// Every page can be damaged once or twice; nobody reads more than this.
    private static let listedMax = 1_000

    private struct Found {
        var damage: [FileDamage] = []
        var more = 0
    }

    private let found = Mutex(Found())

    /// Tolerates nothing yet.
    public init() {}

    /// What was found, and how much more there was.
    public var damage: (listed: [FileDamage], more: Int) {
        found.withLock { ($0.damage, $0.more) }
    }

    /// Runs a step of the check; what it finds damaged is left out and kept. When the operating
    /// system cannot read, that is no damage, and is thrown.
    func go(on body: () throws(FileDamage) -> Void) throws(FileDamage) {
        do throws(FileDamage) { try body() } catch { try note(error) }
    }

    /// Keeps damage; throws what is none.
    public func note(_ damage: FileDamage) throws(FileDamage) {
        switch damage {
        case .system, .missing, .unsupported: throw damage
        case .tooShort, .foreign, .page, .structure: break
        }
        found.withLock { found in
            if found.damage.count < Self.listedMax {
                found.damage.append(damage)
            } else {
                found.more += 1
            }
        }
    }
}

extension FileTolerance? {
    /// Runs a step of the check, which throws when nothing is tolerated.
    func go(on body: () throws(FileDamage) -> Void) throws(FileDamage) {
        guard let tolerance = self else { return try body() }
        try tolerance.go(on: body)
    }
}
