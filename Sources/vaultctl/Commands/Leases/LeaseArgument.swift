import ArgumentParser
import VaultClient

/// A lease's number in hexadecimal, as etcd's tools write it.
struct LeaseArgument: ExpressibleByArgument, Equatable {
    let identifier: Int64

    init?(argument: String) {
        guard argument.count <= 16, let bits = UInt64(argument, radix: 16), bits != 0,
            !argument.hasPrefix("+")
        else { return nil }
        identifier = Int64(bitPattern: bits)
    }

    var shown: String { Quantity.lease(identifier) }

    var isGone: CommandFailure {
        CommandFailure(
            .notFound, "no lease \(shown): it is over or never was",
            nextStep: "see 'vaultctl lease list'")
    }

    /// Names the lease in what the vault says about it.
    func failure(after error: VaultClientError) -> CommandFailure {
        error.category == .notFound ? isGone : CommandFailure(error)
    }
}
