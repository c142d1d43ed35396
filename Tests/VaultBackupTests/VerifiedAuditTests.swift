import Glibc
import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultBackup

/// `backup verify` opens the audit log that archives have: lines that a vault with its own keys
/// wrote into an archive and that do not follow from one another, with everything else as it was.
@Suite struct VerifiedAuditTests {
    private let vault: InitialisedVault
    private let full: String
    private let part: String

    /// Two archives of a real vault; the second has some lines of its own.
    init() throws {
        vault = try InitialisedVault()
        (full, part) = (vault.directory.file("full.vab"), vault.directory.file("part.vab"))
        let server = try vault.start()
        func ctl(_ words: String) throws {
            let result = try Program.run(
                try BuiltPrograms.path("vaultctl"),
                ["--socket", server.socketPath] + words.split(separator: " ").map(String.init))
            guard [.exit(0), .exit(3)].contains(result.status) else {
                throw TestFailure("\(words): \(result)")
            }
        }
        for number in 0..<4 { try ctl("get missing/\(number)") }
        try ctl("backup create \(full) --audit")
        for number in 0..<4 { try ctl("get missing/\(number)") }
        try ctl("backup create \(part) --since \(full) --audit")
        try server.stop()
    }

    private func opened(_ paths: [String]) throws -> OpenedChain {
        try BackedUpStore.opened(paths, keyfile: try Files.read(vault.keyfile))
    }

    /// The last archive of `paths` once more, signed with the vault's keys, with other lines.
    ///
    /// - Parameter change: is given the number of the first line, and the lines.
    private func forged(
        _ paths: [String], _ change: (inout UInt64, inout [[UInt8]]) -> Void
    ) throws -> String {
        let opened = try opened(paths)
        defer { opened.close() }
        let path = vault.directory.file("forged.\(UInt32.random(in: .min ... .max)).vab")
        try ArchiveForger(opened).forge(paths.count - 1, to: path) { frame in
            guard frame.kind == .content,
                let item = ItemBounds.all(in: frame.bytes).last(where: { $0.item == .audit })
            else { return }
            let bytes = Array(frame.bytes[item.range])
            var first = bytes[1..<9].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            var lines = bytes[13...].split(separator: UInt8(ascii: "\n")).map { Array($0) }
            change(&first, &lines)
            let text: [UInt8] = lines.flatMap { $0 + [UInt8(ascii: "\n")] }
            var output = ArchiveBytes()
            output.put(ArchiveFormat.Item.audit.rawValue)
            output.put(first)
            output.put(UInt32(text.count))
            frame.bytes.replaceSubrange(item.range, with: output.bytes + text)
        }
        return path
    }

    private func verify(_ paths: [String]) throws -> ProgramResult {
        try Program.run(
            try BuiltPrograms.path("vaultctl"),
            ["backup", "verify"] + paths + ["--keyfile", vault.keyfile])
    }

    /// The line that is named; also that nothing but this check has noticed anything.
    private func named(_ paths: [String]) throws -> String {
        let chain = try opened(paths)
        defer { chain.close() }
        for file in chain.chain.files { try file.verifyBytes() }
        _ = try chain.verifyRecords()
        let result = try verify(paths)
        #expect(result.status == .exit(18), "\(result)")
        let path = try #require(paths.last)
        #expect(result.errorText.contains("\(path): line "), "\(result)")
        let text = result.errorText.split(separator: ": ").first { $0.hasPrefix("line ") } ?? ""
        // A restore refuses it, too, and leaves nothing.
        let target = vault.directory.file("target")
        let restored = try Program.run(
            try BuiltPrograms.path("vaultctl"),
            ["backup", "restore"] + paths + ["--data-dir", target, "--keyfile", vault.keyfile])
        #expect(restored.status == .exit(18) && !Files.exists(target + "/CURRENT"), "\(restored)")
        return String(text)
    }

    @Test func whatTheVaultWroteIsWhole() throws {
        let result = try verify([full, part])
        #expect(result.status == .exit(0), "\(result)")
        let last = try opened([full, part]).chain.last.footer.auditSequence
        #expect(
            result.outputText.contains(
                "audit log  \(last) lines, each of which follows from the one before\n"),
            "\(result)")
        // Forged without a change it is the same.
        let same = try verify([full, try forged([full, part]) { _, _ in }])
        #expect(same.status == .exit(0), "\(same)")
    }

    @Test func aChangedLineIsNamed() throws {
        let alone = try forged([full]) { first, lines in
            #expect(first == 1)
            lines[4].replace(Array("\"time\":\"20".utf8), with: Array("\"time\":\"19".utf8))
        }
        #expect(
            try named([alone]) == "line 5 of the audit log does not follow from the one before it")
        var first: UInt64 = 0
        let last = try forged([full, part]) { number, lines in
            first = number
            lines[0].replace(Array("\"time\":\"20".utf8), with: Array("\"time\":\"19".utf8))
        }
        #expect(first > 5)
        #expect(
            try named([full, last])
                == "line \(first) of the audit log does not follow from the one before it")
    }

    @Test func linesThatAreLeftOutAreNamed() throws {
        var next: UInt64 = 0
        let gap = try forged([full, part]) { first, lines in
            lines.remove(at: 0)
            first += 1
            next = first
        }
        #expect(
            try named([full, gap])
                == "line \(next) of the audit log does not follow from the one before it")
        let end = try opened([full, part]).chain.last.footer.auditSequence
        let cut = try forged([full, part]) { _, lines in lines.removeLast() }
        #expect(
            try named([full, cut])
                == "line \(end) of the audit log is missing, and the archive says that it was there"
        )
    }

    /// By its own name: the records do add up.
    @Test func aDrillTellsItFromRecordsThatDoNotAddUp() throws {
        let directory = vault.directory.file("archives")
        mkdir(directory, 0o700)
        func drill(_ paths: [String]) throws -> (ProgramResult, DrillReport) {
            for name in try Files.names(in: directory) { unlink("\(directory)/\(name)") }
            for (index, path) in paths.enumerated() {
                try Files.write(try Files.read(path), to: "\(directory)/\(index).vab")
            }
            let result = try Program.run(
                try BuiltPrograms.path("vaultctl"),
                ["drill", "run", "--level", "V2", "--backups", directory] + [
                    "--keyfile", vault.keyfile, "-o", "json",
                ])
            let bytes = Array(result.outputText.utf8.prefix { $0 != 0x0A })
            return (result, try DrillReport(json: try JSONParser.parse(bytes[...])))
        }
        let (whole, proof) = try drill([full, part])
        #expect(whole.status == .exit(0), "\(whole)")
        #expect(proof.cases.contains { $0.check == "audit-lines" && $0.exit == 0 })
        let cut = try forged([full, part]) { _, lines in lines.removeLast() }
        let (result, report) = try drill([full, cut])
        #expect(result.status == .exit(18), "\(result)")
        #expect(report.stateHash?.areEqual == true)
        #expect(report.cases.filter { $0.exit != 0 }.map(\.check) == ["audit-lines"])
    }

    /// Archives that the newest does not need are looked at, too: a restore to them would.
    @Test func linesOfOlderArchivesAreLookedAtWhenTheNewestHasNone() throws {
        let broken = try forged([full]) { _, lines in lines.remove(at: 2) }
        #expect(
            try named([broken]) == "line 3 of the audit log does not follow from the one before it")
        let server = try vault.start()
        let plain = vault.directory.file("plain.vab")
        let made = try Program.run(
            try BuiltPrograms.path("vaultctl"),
            ["--socket", server.socketPath, "backup", "create", plain, "--since", broken])
        #expect(made.status == .exit(0), "\(made)")
        try server.stop()
        let result = try verify([broken, plain])
        #expect(result.status == .exit(18), "\(result)")
        #expect(result.errorText.contains("\(broken): line 3 of the audit log"), "\(result)")
    }
}
