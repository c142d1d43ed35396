import RPC
import Sodium
import Testing
import VaultSeal
import VaultStore

@testable import VaultServer

@Suite struct StatusTableTests {
    @Test(arguments: [
        (StoreError.emptyKey, StatusCode.invalidArgument, "key is not provided"),
        (.keyNotFound, .invalidArgument, "key not found"),
        (.valueProvided, .invalidArgument, "value is provided"),
        (.leaseProvided, .invalidArgument, "lease is provided"),
        (.leaseNotFound, .notFound, "requested lease not found"),
        (.leaseExists, .failedPrecondition, "lease already exists"),
        (.leaseTTLTooLarge, .outOfRange, "too large lease TTL"),
        (.tooManyOperations, .invalidArgument, "too many operations in txn request"),
        (.duplicateKey, .invalidArgument, "duplicate key given in txn request"),
        (.invalidSortOption, .invalidArgument, "invalid sort option"),
        (
            .compacted(oldestReadable: Revision(5)), .outOfRange,
            "mvcc: required revision has been compacted"
        ),
        (
            .futureRevision(current: Revision(5)), .outOfRange,
            "mvcc: required revision is a future revision"
        ),
        (.corrupt, .dataLoss, "corrupt cluster"),
        (.noSpace, .resourceExhausted, "mvcc: database space exceeded"),
        (.requestTooLarge, .invalidArgument, "request is too large"),
        (.overloaded, .resourceExhausted, "too many requests"),
    ])
    func errorsOfEtcdAreToTheLetter(_ error: StoreError, _ code: StatusCode, _ text: String) {
        #expect(
            StatusTable.status(of: error) == Status(code, "etcdserver: " + text))
    }

    @Test func statesOfTheVaultAreToldApart() {
        #expect(
            StatusTable.status(of: VaultError.sealed)
                == Status(.unavailable, "vaultd: sealed"))
        #expect(
            StatusTable.status(of: StoreError.closed)
                == Status(.unavailable, "vaultd: sealed"))
        #expect(
            StatusTable.status(of: VaultError.notInitialized)
                == Status(.failedPrecondition, "vaultd: not initialised"))
        #expect(StatusTable.status(of: VaultError.alreadyUnsealed).code == .failedPrecondition)
        #expect(StatusTable.status(of: VaultError.alreadyInitialized).code == .failedPrecondition)
    }

    @Test func aWrongKeyIsToldFromDamageAndFromANewerFormat() {
        let wrong = StatusTable.status(of: SealError.wrongKey)
        #expect(wrong.code == .unauthenticated && wrong.message.hasPrefix("vaultd: wrong key: "))
        #expect(StatusTable.status(of: SealError.damaged(what: "x")).code == .dataLoss)
        #expect(StatusTable.status(of: StoreError.damaged("x")).code == .dataLoss)
        #expect(
            StatusTable.status(of: SealError.unsupportedFormat(version: 9))
                == Status(.unimplemented, "vaultd: format 9 is not supported"))
    }

    /// A client retries what is `UNAVAILABLE`; nothing but a sealed vault may say it.
    @Test func onlyASealedVaultIsUnavailable() {
        let errors: [StoreError] = [
            .overloaded, .noSpace, .diskFull, .tooManyLeases, .damaged("x"), .storage("x"), .inUse,
            .unsupportedFormat(version: 2),
        ]
        for error in errors {
            #expect(StatusTable.status(of: error).code != .unavailable, "\(error)")
        }
    }

    @Test func exitStatusesOfFailedStartsAreTheDocumentedOnes() {
        #expect(DaemonError(.seal(.wrongKey)).exitStatus == 12)
        #expect(DaemonError(.seal(.damaged(what: "x"))).exitStatus == 13)
        #expect(DaemonError(.store(.damaged("x"))).exitStatus == 13)
        #expect(DaemonError(DataDirectoryError.inUse(path: "/d")).exitStatus == 21)
        #expect(DaemonError(.seal(.unsupportedFormat(version: 2))).exitStatus == 24)
        #expect(
            DaemonError(DataDirectoryError.unsupportedFormat(path: "/d", version: 2)).exitStatus
                == 24)
        #expect(
            DaemonError(
                ConfigurationError.invalid(key: "a", value: "b", allowed: "c")
            ).exitStatus == 2)
    }

    @Test func textsAreOneLineWithoutAFullStop() {
        let errors: [VaultError] = [
            .notInitialized, .alreadyInitialized, .sealed, .alreadyUnsealed, .busy,
            .tooManyAttempts, .seal(.wrongKey), .seal(.noSlotOfThatKind),
            .seal(.memory(.notLocked)), .store(.diskFull), .store(.inUse),
            .directory(.inUse(path: "/d")),
        ]
        for error in errors {
            let text = StatusTable.status(of: error).message
            #expect(text.hasPrefix("vaultd: ") && !text.hasSuffix(".") && !text.contains("\n"))
        }
    }
}
