import RPC
import Testing
import VaultAccess

@testable import VaultServer

/// How often each method was answered, on all event loops together.
@Suite struct CallCounterTests {
    private let methods = AuditMethods(paths: ["/b.B/Two", "/a.A/One", "/a.A/One"])

    @Test func everyMethodHasARowOfItsOwn() {
        #expect(methods.all.map(\.name) == ["unknown", "a.A/One", "b.B/Two"])
        #expect(methods.all.map(\.number) == [0, 1, 2])
        #expect(methods["/b.B/Two"].number == 2)
        #expect(methods["/secret/key"].number == 0)
    }

    @Test func loopsAreAddedUpAndWhatNeverHappenedIsLeftOut() {
        let counters = CallCounters(methods)
        let (first, second) = (counters.makeCounter(), counters.makeCounter())
        first.count(methods["/a.A/One"], .ok)
        first.count(methods["/a.A/One"], .ok)
        second.count(methods["/a.A/One"], .ok)
        second.count(methods["/b.B/Two"], .unauthenticated)
        second.count(methods["/x"], StatusCode(rawValue: 99))
        first.count(methods["/x"], StatusCode(rawValue: -1))
        #expect(
            counters.sums() == [
                .init(method: "a.A/One", code: .ok, count: 3),
                .init(method: "b.B/Two", code: .unauthenticated, count: 1),
                .init(method: "unknown", code: .unknown, count: 2),
            ])
    }
}
