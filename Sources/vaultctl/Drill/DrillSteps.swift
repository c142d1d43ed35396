import Glibc
import VaultBackup
import VaultClient

/// The steps of a drill as they end, with what each took.
struct DrillSteps {
    private(set) var outcomes: [StepOutcome] = []
    private(set) var phases: [DrillReport.RecoveryTime.Phase] = []
    private let line: DrillLine

    init(_ line: DrillLine) {
        self.line = line
    }

    var hasFailed: Bool { outcomes.contains { $0.exitCode != 0 } }

    /// Monotonic milliseconds.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Runs a step; nil when it failed. With `phase` its time is part of the recovery time.
    mutating func run<R>(
        _ check: String, seed: Int64 = 0, phase: String? = nil, _ body: () throws -> R
    ) -> R? {
        line.show(check)
        let start = Self.now()
        defer { note(phase, since: start) }
        do {
            let result = try body()
            outcomes.append(StepOutcome(check, seed: seed, .passed))
            return result
        } catch {
            outcomes.append(StepOutcome(check, seed: seed, .failed(Self.error(error))))
            return nil
        }
    }

    /// The same for what talks to a server.
    mutating func run<R>(
        _ check: String, seed: Int64 = 0, phase: String? = nil, _ body: () async throws -> R
    ) async -> R? {
        line.show(check)
        let start = Self.now()
        defer { note(phase, since: start) }
        do {
            let result = try await body()
            outcomes.append(StepOutcome(check, seed: seed, .passed))
            return result
        } catch {
            outcomes.append(StepOutcome(check, seed: seed, .failed(Self.error(error))))
            return nil
        }
    }

    mutating func add(_ outcome: StepOutcome) { outcomes.append(outcome) }

    private mutating func note(_ phase: String?, since start: Int64) {
        guard let phase else { return }
        phases.append(.init(phase, milliseconds: Self.now() - start))
    }

    static func error(_ error: any Error) -> BackupError {
        switch error {
        case let error as BackupError: return error
        case let error as VaultClientError:
            switch error.category {
            case .damaged: return .integrity(error.message)
            case .wrongKey: return .wrongKey(error.message)
            case .unsupportedFormat: return .unsupportedFormat(error.message)
            default: return .inconclusive(error.message)
            }
        case let error as CommandFailure: return .inconclusive(error.message)
        default: return .inconclusive("\(error)")
        }
    }
}
