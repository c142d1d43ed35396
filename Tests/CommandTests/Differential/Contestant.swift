import VaultTestSupport

/// One side of a differential run: makes a fresh store, and opens it as often as asked.
struct Contestant: Sendable {
    /// A store of its own, not yet served.
    let makeStore: @Sendable () throws -> @Sendable () throws -> any TestServer

    /// The oracle. It keeps running when the other side is opened anew.
    static let etcd = Contestant {
        let server = try EtcdServer()
        return { server }
    }

    /// The subject: a vault on disk, killed and unsealed again when it is opened anew.
    static let vaultd = Contestant {
        let vault = try InitialisedVault()
        return { try vault.start() }
    }
}
