import Testing

@testable import vaultctl

/// What somebody meant who has edited a value.
@Suite struct EditOutcomeTests {
    private func secret(_ text: String) -> SecretBuffer {
        var secret = SecretBuffer()
        for byte in text.utf8 { secret.append(byte) }
        return secret
    }

    @Test(arguments: [
        ("a", "a\n", EditOutcome.unchanged, "a"), ("a", "b\n", .changed, "b"),
        ("a", "b\n\n", .changed, "b\n"), ("a\n", "b\n", .changed, "b\n"),
        ("a\n", "b", .changed, "b"), ("a", "\n", .emptied, ""), ("", "\n", .unchanged, ""),
        ("", "b\n", .changed, "b"), ("a", "b\r\n", .changed, "b"),
    ])
    func theNewlineOfTheEditorIsNotTheValues(
        original: String, left: String, outcome: EditOutcome, stored: String
    ) {
        var edited = secret(left)
        let found = EditOutcome(from: secret(original), to: &edited, keepsNewline: false)
        #expect(found == outcome)
        #expect(bytes(of: edited) == Array(stored.utf8))
    }

    @Test func aNewlineThatIsMeantIsKept() {
        var edited = secret("a\n")
        #expect(EditOutcome(from: secret("a"), to: &edited, keepsNewline: true) == .changed)
        #expect(bytes(of: edited) == Array("a\n".utf8))
    }

    @Test func aShellBecomesWhatIsAProgramWithOptions() {
        for command in ["vi", "/usr/bin/vim -u NONE", "code --wait"] {
            #expect(TextEditor.isSimple(command))
        }
        for command in ["A=1 vi", "f() { vi; }; f", "echo x >", "'my editor'", ""] {
            #expect(!TextEditor.isSimple(command))
        }
    }

    @Test func editorsAreToldOnlyWhatTheyUnderstand() {
        for program in ["vim", "vim.basic", "vim.tiny", "gvim"] {
            #expect(TextEditor.options(for: program, isBinary: false).starts(with: ["-f", "-n"]))
        }
        #expect(TextEditor.options(for: "nvim", isBinary: false).first == "-n")
        for program in ["emacs", "emacs-nox", "emacs-28.2"] {
            #expect(TextEditor.options(for: program, isBinary: false).first == "--eval")
        }
        for program in ["nvi", "nano", "busybox", "vimdiff", "emacsclient"] {
            #expect(TextEditor.options(for: program, isBinary: true).isEmpty)
        }
    }
}
