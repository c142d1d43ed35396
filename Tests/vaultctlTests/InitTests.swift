import ArgumentParser
import FoundationEssentials
import Testing
import VaultAPI
import VaultClient

@testable import vaultctl

@Suite struct InitTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    private func plan(_ arguments: String...) throws -> InitPlan {
        var plan = InitPlan()
        try plan.collect(from: CredentialOptions.parse(arguments), SlotOptions.parse([]))
        return plan
    }

    @Test func everyOptionMakesASlot() throws {
        let passphrase = try directory.write("p", Array("correct horse\n".utf8))
        let key = try directory.write("k", [UInt8](repeating: 7, count: 32))
        let plan = try plan("--passphrase-file", passphrase, "--keyfile", key)
        #expect(plan.request.slots.map(\.passphrase) == [.init("correct horse".utf8), .init()])
        #expect(plan.request.slots.last?.keyfile == .init(repeating: 7, count: 32))
        #expect(plan.createdKeyFile == nil)
    }

    @Test func refusedVaultLeavesNoNewKeyFileBehind() throws {
        let path = directory.file("k")
        let plan = try plan("--keyfile", path)
        #expect(KeyFile.exists(path))
        let failure = plan.abandon(after: VaultClientError(.alreadyDone, "already initialised"))
        #expect(failure.status == .failed)
        #expect(!KeyFile.exists(path))
    }

    @Test func existingKeyFileIsNeverRemoved() throws {
        let path = try directory.write("k", [UInt8](repeating: 7, count: 32))
        _ = try plan("--keyfile", path).abandon(after: VaultClientError(.denied, "denied"))
        #expect(KeyFile.exists(path))
    }

    @Test func newKeyFileIsKeptWhenTheVaultMayUseIt() throws {
        let path = directory.file("k")
        let failure = try plan("--keyfile", path)
            .abandon(after: VaultClientError(.unreachable, "connection lost"))
        #expect(KeyFile.exists(path))
        #expect(failure.nextStep.hasPrefix("keep \(path)"))
    }

    @Test func mistakeInThePassphraseFileMakesNoKeyFile() throws {
        let passphrase = try directory.write("p", Array("open".utf8), mode: 0o644)
        let path = directory.file("k")
        #expect(throws: CommandFailure.self) {
            try plan("--passphrase-file", passphrase, "--keyfile", path)
        }
        #expect(!KeyFile.exists(path))
    }

    @Test func reportSaysWhatOpensTheVaultWithoutThisMachine() throws {
        var response = Vault_V1_InitResponse()
        response.storeID = "ab"
        var slot = Vault_V1_Slot()
        slot.id = 1
        slot.kind = "keyfile"
        response.slots = [slot]
        let path = directory.file("k")
        let text = InitReport.table(response, plan: try plan("--keyfile", path))
        #expect(text.contains("a copy of the key file \(path)"))
        #expect(text.contains("without that file nobody can ever open this vault"))
        var json = JSONWriter()
        InitReport.write(response, to: &json)
        #expect(
            String(decoding: json.take(), as: UTF8.self)
                == #"{"shares":[],"store_id":"ab","sealed":false,"#
                + #""slots":[{"id":1,"kind":"keyfile","description":"","#
                + #""label":"","survives_machine":false}]}"#)
    }
}
