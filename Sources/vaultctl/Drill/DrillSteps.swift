import Glibc
import VaultBackup
import VaultClient

/// The steps of a drill as they end, with what each took.
struct DrillSteps {
    private(set) var outcomes: [StepOutcome] = []
    private(set) var phases: [DrillReport.RecoveryTime.Phase] = []
    private let voice: any DrillVoice

    init(_ voice: any DrillVoice) {
        self.voice = voice
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
        voice.begins(check)
        let start = Self.now()
        do {
            let result = try body()
            end(StepOutcome(check, seed: seed, .passed), phase, since: start)
            return result
        } catch {
            end(StepOutcome(check, seed: seed, .failed(Self.error(error))), phase, since: start)
            return nil
        }
    }

    /// The same for what talks to a server.
    mutating func run<R>(
        _ check: String, seed: Int64 = 0, phase: String? = nil, _ body: () async throws -> R
    ) async -> R? {
        voice.begins(check)
        let start = Self.now()
        do {
            let result = try await body()
            end(StepOutcome(check, seed: seed, .passed), phase, since: start)
            return result
        } catch {
            end(StepOutcome(check, seed: seed, .failed(Self.error(error))), phase, since: start)
            return nil
        }
    }

    /// Takes in a step that was run elsewhere.
    mutating func add(_ outcome: StepOutcome) {
        end(outcome, nil, since: Self.now())
    }

    private mutating func end(_ outcome: StepOutcome, _ phase: String?, since start: Int64) {
        let time = Self.now() - start
        outcomes.append(outcome)
        if let phase { phases.append(.init(phase, milliseconds: time)) }
        voice.ended(outcome, milliseconds: time)
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
