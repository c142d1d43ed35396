import VaultClient

/// Keeps a command at work that goes on until it is interrupted: connects again, waits while the
/// vault is sealed, and says on standard error what happens.
struct Patience {
    private let socketPath: String
    /// Knows as whom to connect again.
    private let first: VaultConnection?
    /// nil when it was lost.
    private var open: VaultConnection?
    private var outage = Outage()
    /// The vault has served the command: from then on it is waited for.
    private(set) var hasBegun = false

    init(socketPath: String, open: VaultConnection? = nil) {
        self.socketPath = socketPath
        self.first = open
        self.open = open
    }

    /// The one that there is, or a new one.
    mutating func connection() async throws(VaultClientError) -> VaultConnection {
        if let open { return open }
        let new =
            if let first {
                try await first.again()
            } else {
                try await VaultConnection.connect(socketPath: socketPath)
            }
        open = new
        return new
    }

    /// The vault serves the command. True when it did not before.
    mutating func serves() -> Bool {
        hasBegun = true
        return outage.end()
    }

    /// Returns when it is time to try again. Throws the failure where that is of no use, and what
    /// `lost` makes of it where it was tried for long enough.
    mutating func wait(
        after error: VaultClientError, lost: (VaultClientError) -> CommandFailure
    ) async throws {
        guard hasBegun, let cause = Outage.Cause(error) else { throw error }
        if cause == .unreachable {
            // Not waited for: a vault that hangs would hold this up.
            let old = open
            open = nil
            Task { await old?.close() }
        }
        let before = outage.cause
        guard let pause = outage.pause(after: cause, at: .now) else { throw lost(error) }
        if before != cause {
            switch cause {
            case .unreachable: StandardError.note("the connection was lost; trying again")
            case .sealed: StandardError.note("the vault is sealed; waiting until it is unsealed")
            }
        }
        try await Task.sleep(for: pause)
    }
}
