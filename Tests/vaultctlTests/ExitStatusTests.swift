import Testing
import VaultClient

@testable import vaultctl

@Suite struct ExitStatusTests {
    @Test(
        arguments: [
            (VaultClientError.Category.sealed, 5), (.notInitialized, 5), (.alreadyDone, 1),
            (.denied, 4), (.unreachable, 6), (.notFound, 3), (.wrongKey, 12), (.damaged, 13),
            (.unsupportedFormat, 24), (.unsupportedMethod, 1), (.compacted, 1),
            (.futureRevision, 1),
            (.noSpace, 1), (.overloaded, 1), (.invalidRequest, 1), (.timedOut, 1), (.cancelled, 1),
            (.other, 1),
        ] as [(VaultClientError.Category, Int32)])
    func categoryHasItsNumber(category: VaultClientError.Category, number: Int32) {
        #expect(ExitStatus(category).rawValue == number)
    }

    @Test func numbersAreThoseOfTheContract() {
        #expect(ExitStatus.allCases.map(\.rawValue) == Array(0...6) + Array(12...25) + [126, 127])
    }
}
