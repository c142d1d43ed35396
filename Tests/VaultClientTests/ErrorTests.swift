import RPC
import Testing

@testable import VaultClient

/// Answers and what a program is told to make of them.
@Suite struct ErrorTests {
    @Test(arguments: [
        (Status(.unavailable, "vaultd: sealed"), VaultClientError.Category.sealed),
        (Status(.unavailable, "etcdserver: no leader"), .unreachable),
        (Status(.failedPrecondition, "vaultd: not initialised"), .notInitialized),
        (Status(.failedPrecondition, "vaultd: already unsealed"), .alreadyDone),
        (Status(.failedPrecondition, "etcdserver: role name not found"), .invalidRequest),
        (
            Status(
                .invalidArgument,
                "etcdserver: authentication failed, invalid user ID or password"),
            .denied
        ),
        (Status(.permissionDenied, "etcdserver: permission denied"), .denied),
        (Status(.unauthenticated, "vaultd: wrong key: opens no slot"), .wrongKey),
        (Status(.unauthenticated, "etcdserver: invalid auth token"), .denied),
        (Status(.dataLoss, "vaultd: record 5 is damaged"), .damaged),
        (Status(.unimplemented, "vaultd: format 9 is not supported"), .unsupportedFormat),
        (Status(.unimplemented, "unknown service vault.v1.Vault"), .unsupportedMethod),
        (
            Status(.outOfRange, "etcdserver: mvcc: required revision has been compacted"),
            .compacted
        ),
        (
            Status(.outOfRange, "etcdserver: mvcc: required revision is a future revision"),
            .futureRevision
        ),
        (Status(.resourceExhausted, "etcdserver: mvcc: database space exceeded"), .noSpace),
        (Status(.resourceExhausted, "etcdserver: too many requests"), .overloaded),
        (
            Status(.resourceExhausted, "grpc: received message larger than max (3 vs. 2)"),
            .invalidRequest
        ),
        (Status(.notFound, "etcdserver: requested lease not found"), .notFound),
        (Status(.invalidArgument, "etcdserver: key is not provided"), .invalidRequest),
        (Status(.deadlineExceeded, "etcdserver: context deadline exceeded"), .timedOut),
        (Status(.cancelled, "etcdserver: request canceled"), .cancelled),
        (Status(.unknown, "anything"), .other),
    ])
    func statusHasItsCategory(status: Status, category: VaultClientError.Category) {
        let error = VaultClientError(status)
        #expect(error.category == category)
        #expect(error.code == status.code.rawValue)
        #expect(error.message == status.message)
    }

    @Test func descriptionNamesWhatHappenedAndTheNextStep() {
        let error = VaultClientError(Status(.unavailable, "vaultd: sealed"))
        #expect(error.description == "vaultd: sealed; unseal it with 'vaultctl unseal'")
    }

    @Test func statusWithoutMessageStillSaysSomething() {
        #expect(VaultClientError(Status(.unknown)).message == "the vault gave no reason")
    }
}
