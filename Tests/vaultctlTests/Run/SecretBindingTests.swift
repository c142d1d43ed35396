import Testing

@testable import vaultctl

@Suite struct SecretBindingTests {
    private func refusal(_ texts: String...) -> CommandFailure? {
        do throws(CommandFailure) {
            _ = try SecretBinding.parse(texts)
            return nil
        } catch {
            return error
        }
    }

    @Test func theFirstSignEndsTheName() throws {
        let bindings = try SecretBinding.parse(["A_1=app/a", "_b=odd=key"])
        #expect(bindings.map(\.name) == ["A_1", "_b"])
        #expect(bindings.map(\.key) == ["app/a", "odd=key"])
    }

    @Test(arguments: ["A", "A=", "=key", "1A=key", "A-B=key", "A B=key", "Ä=key"])
    func whatIsNoBindingIsRefused(text: String) {
        #expect(refusal(text)?.status == .usage)
    }

    @Test func oneVariableCannotHaveTwoValues() {
        #expect(refusal("A=x", "A=y")?.message == "the variable A is named twice")
        #expect(refusal("A=x", "B=x") == nil)
    }

    @Test func thereHasToBeOne() {
        #expect(refusal()?.status == .usage)
    }

    @Test func noMoreThanAProgramReads() {
        let many = (0...SecretReader.keysMax).map { "A\($0)=key" }
        #expect(throws: CommandFailure.self) { try SecretBinding.parse(many) }
        #expect(throws: Never.self) { try SecretBinding.parse(Array(many.dropFirst())) }
    }
}
