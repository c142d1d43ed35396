import Testing

@testable import VaultServer

@Suite struct LifecycleTests {
    private typealias Lifecycle = VaultServer.Lifecycle<String>

    /// An error that must come, or nil.
    private func refusal(_ body: () throws(VaultError) -> Void) -> VaultError? {
        do throws(VaultError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    private func unsealed() throws -> Lifecycle {
        var lifecycle = Lifecycle(isInitialized: true)
        try lifecycle.beginUnseal()
        #expect(lifecycle.open("store") == nil)
        return lifecycle
    }

    @Test func aNewDirectoryServesNothingUntilInitialised() throws {
        var lifecycle = Lifecycle(isInitialized: false)
        #expect(refusal { () throws(VaultError) in _ = try lifecycle.session() } == .notInitialized)
        #expect(refusal { () throws(VaultError) in try lifecycle.beginUnseal() } == .notInitialized)
        #expect(
            refusal { () throws(VaultError) in _ = try lifecycle.beginSeal() } == .notInitialized)
        try lifecycle.beginInit()
        #expect(refusal { () throws(VaultError) in try lifecycle.beginInit() } == .busy)
        #expect(!lifecycle.isInitialized)
        #expect(lifecycle.open("store") == nil)
        #expect(try lifecycle.session() == "store")
    }

    @Test(arguments: [false, true])
    func aFailedInitLeavesWhatItReached(_ isInitialized: Bool) throws {
        var lifecycle = Lifecycle(isInitialized: false)
        try lifecycle.beginInit()
        lifecycle.failInit(isInitialized: isInitialized)
        #expect(lifecycle.isInitialized == isInitialized)
        #expect(
            refusal { () throws(VaultError) in _ = try lifecycle.session() }
                == (isInitialized ? .sealed : .notInitialized))
    }

    @Test func anInitialisedVaultIsNotInitialisedAgain() throws {
        var sealed = Lifecycle(isInitialized: true)
        #expect(refusal { () throws(VaultError) in try sealed.beginInit() } == .alreadyInitialized)
        var open = try unsealed()
        #expect(refusal { () throws(VaultError) in try open.beginInit() } == .alreadyInitialized)
    }

    @Test func oneUnsealAtATime() throws {
        var lifecycle = Lifecycle(isInitialized: true)
        try lifecycle.beginUnseal()
        #expect(refusal { () throws(VaultError) in try lifecycle.beginUnseal() } == .busy)
        #expect(refusal { () throws(VaultError) in _ = try lifecycle.session() } == .sealed)
        lifecycle.failUnseal()
        try lifecycle.beginUnseal()
        #expect(lifecycle.open("store") == nil)
        #expect(
            refusal { () throws(VaultError) in try lifecycle.beginUnseal() } == .alreadyUnsealed)
    }

    @Test func sealingRefusesNewCallsBeforeTheStoreIsClosed() throws {
        var lifecycle = try unsealed()
        guard case .close("store") = try lifecycle.beginSeal() else {
            Issue.record("nothing to close")
            return
        }
        #expect(refusal { () throws(VaultError) in _ = try lifecycle.session() } == .sealed)
        #expect(refusal { () throws(VaultError) in try lifecycle.beginUnseal() } == .busy)
        guard case .wait = try lifecycle.beginSeal() else {
            Issue.record("closed twice")
            return
        }
        lifecycle.finishSeal()
        guard case .sealedAlready = try lifecycle.beginSeal() else {
            Issue.record("not sealed")
            return
        }
        try lifecycle.beginUnseal()
    }

    @Test func sealingDuringAnUnsealWins() throws {
        var lifecycle = Lifecycle(isInitialized: true)
        try lifecycle.beginUnseal()
        guard case .wait = try lifecycle.beginSeal() else {
            Issue.record("did not wait")
            return
        }
        #expect(lifecycle.open("store") == "store", "the store must be closed at once")
        #expect(refusal { () throws(VaultError) in _ = try lifecycle.session() } == .sealed)
        lifecycle.finishSeal()
        try lifecycle.beginUnseal()
        #expect(lifecycle.open("store") == nil, "an old wish to seal must not last")
    }
}
