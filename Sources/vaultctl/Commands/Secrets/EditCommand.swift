import ArgumentParser
import FoundationEssentials
import Glibc
import VaultAPI
import VaultBackup
import VaultClient
import VaultDoctor

/// `vaultctl edit`: a value in the caller's editor.
///
/// Not a `VaultCommand`: nobody holds a connection while a person thinks.
struct EditCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Edit the value of a key in your editor.",
        discussion: """
            Opens $VISUAL, or $EDITOR, or vi on the value, in a file that is yours alone and in \
            memory: below $XDG_RUNTIME_DIR or /dev/shm. When the editor ends, the file is \
            overwritten and removed with all that lies beside it, and what was changed is stored, \
            with the lease that the key has. When somebody else has changed the key meanwhile, \
            nothing is stored, and your text is kept.

            A newline that the value did not have at its end is the editor's and is not stored, \
            unless with --keep-newline. An editor that ends with another status than 0 (:cq in \
            vim) stores nothing.

            vim and nvim are told to keep no swap file, backup, undo or viminfo, emacs no backup \
            and no saves of its own. Others may keep copies elsewhere when they are set \
            up so. An editor that returns at once needs its option to wait: EDITOR='code --wait'.

            EXAMPLES
              vaultctl edit app/config
              vaultctl edit app/new --create
              EDITOR=nano vaultctl edit app/config
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The key's name.", completion: .custom(KeyCompletion.names))
    var key: String

    @Flag(name: .long, help: "Begin with nothing when there is no such key.")
    var create = false

    @Flag(name: .long, help: "Store a newline at the end that was not there before.")
    var keepNewline = false

    @Flag(name: .long, help: "Edit a value that is not text.")
    var force = false

    func validate() throws { try KeyName.check(key) }

    func perform() async throws -> ExitStatus {
        let given = OpenDescriptors()
        let found = try await options.onVault { try await read(from: $0) }
        // The editor gets no descriptor of ours; swift-nio's outlive an exec.
        OpenDescriptors.keepToItself(since: given)
        SignalRelay.begin()
        var original = SecretBuffer()
        found.value.withUnsafeBytes { original.append($0) }
        let text = try EditedText(original)
        for directory in text.leftBehind.map(ShellWord.quoted) {
            StandardError.note(
                "an earlier edit left its text in \(directory); when its editor has ended, look at "
                    + "it, and type: rm -r \(directory)")
        }
        try edit(text, isBinary: !TerminalText.isText([UInt8](found.value)))
        var edited = try text.read()
        var output = StandardOutput()
        switch EditOutcome(from: original, to: &edited, keepsNewline: keepNewline) {
        case .unchanged:
            text.remove()
            try report(found.modRevision, isChanged: false, to: &output)
        case .emptied:
            text.remove()
            throw CommandFailure(
                .failed, "the text is empty, nothing was stored",
                nextStep: "delete the key with 'vaultctl del', or store an empty value with "
                    + "'vaultctl put \(KeyName.shown(key)) --value-file /dev/null'")
        case .changed:
            let value = edited.withBytes { Array($0) }
            let revision: Int64
            do {
                revision = try await options.onVault {
                    try await store(value, over: found, on: $0)
                }
            } catch {
                throw kept(text, edited, after: error)
            }
            text.remove()
            try report(revision, isChanged: true, to: &output)
        }
        try output.flush()
        return .done
    }

    /// Runs the editor; returns when what it left is meant to be stored.
    private func edit(_ text: EditedText, isBinary: Bool) throws {
        endIfAsked(text, by: [SIGINT, SIGQUIT, SIGHUP, SIGTERM])
        let editor = TextEditor(isBinary: isBinary)
        let status = try editor.edit(text)
        // Ctrl-C is the editor's own; who ends this program wants nothing stored.
        endIfAsked(text, by: [SIGHUP, SIGTERM])
        guard status != 0 else { return }
        text.remove()
        let shown = TerminalText.escaped(editor.command.utf8)
        switch (status & 0x7f, status >> 8) {
        case (0, 126), (0, 127):
            throw CommandFailure(
                status >> 8 == 127 ? .noSuchProgram : .cannotStart,
                "cannot start the editor '\(shown)'",
                nextStep: "set EDITOR to one that is there; nothing was changed")
        case (0, let number):
            throw CommandFailure(
                .failed, "the editor '\(shown)' ended with status \(number)",
                nextStep: "nothing was stored")
        case (let number, _):
            throw CommandFailure(
                .failed, "the editor '\(shown)' was ended by signal \(number)",
                nextStep: "nothing was stored")
        }
    }

    private func endIfAsked(_ text: EditedText, by signals: [Int32]) {
        let number = SignalRelay.takeNewest()
        guard signals.contains(number) else { return }
        text.remove()
        ChildProcess.end(as: number)
    }

    /// The key as it is, once it is known that it may be changed: nobody wants to hear that after
    /// the work.
    private func read(from vault: VaultConnection) async throws -> Mvccpb_KeyValue {
        let write = AccessNeed(action: .write, range: KeyRange(key: key.utf8))
        guard try await vault.explain(AccessQuestion.request([], write)).allowed else {
            throw AccessNeed.explaining(
                CommandFailure(.denied, "etcdserver: permission denied"), needs: [write],
                user: options.user)
        }
        var reader = SecretReader(vault, user: options.user)
        guard let found = try await reader.read(Array(key.utf8)) else {
            guard create else {
                throw CommandFailure(
                    .notFound, "no key \(KeyName.shown(key))",
                    nextStep: "see 'vaultctl list', or add --create for a new one")
            }
            var new = Mvccpb_KeyValue()
            new.key = Data(key.utf8)
            return new
        }
        guard force || TerminalText.isText([UInt8](found.value)) else {
            let size = Quantity.bytes(Int64(found.value.count))
            throw CommandFailure(
                .failed, "the value of \(KeyName.shown(key)) is not text (\(size))",
                nextStep: "add --force if your editor keeps every byte as it is")
        }
        if MachineFacts.read().swaps.contains(where: { $0.medium == .plain }) {
            StandardError.note(
                "memory may be swapped to a disk as it is, the text too; see 'vaultctl doctor'")
        }
        return found
    }

    private func store(
        _ value: [UInt8], over found: Mvccpb_KeyValue, on vault: VaultConnection
    ) async throws -> Int64 {
        let isNew = found.modRevision == 0
        var transaction = GuardedTransaction()
        transaction.add(
            .init(
                difference: KeyDifference(
                    key: Array(key.utf8), kind: isNew ? .missing : .changed,
                    liveRevision: found.modRevision),
                value: value, keepsLease: !isNew))
        let response = try await vault.transaction(transaction.request { _ in false })
        guard response.succeeded else {
            let what = isNew ? "made" : "changed"
            throw CommandFailure(
                .failed,
                "\(KeyName.shown(key)) was \(what) by others meanwhile, nothing was stored",
                nextStep: "look with 'vaultctl get' and 'vaultctl history'")
        }
        return response.header.revision
    }

    /// The failure, and where the work of an hour is.
    private func kept(
        _ text: EditedText, _ edited: borrowing SecretBuffer, after error: any Error
    ) -> any Error {
        guard let failure = CommandFailure(anyOf: error), text.keep(edited) else { return error }
        let path = ShellWord.quoted(text.path)
        return CommandFailure(
            failure.status, failure.message,
            nextStep: (failure.nextStep.isEmpty ? "" : failure.nextStep + "; ")
                + "your text is in \(path), store it with 'vaultctl put "
                + "\(ShellWord.quoted(KeyName.shown(key))) --value-file \(path)', then type: "
                + "rm -r \(ShellWord.quoted(text.directory))")
    }

    private func report(
        _ revision: Int64, isChanged: Bool, to output: inout StandardOutput
    ) throws(CommandFailure) {
        switch options.output {
        case .table:
            let shown = KeyName.shown(key)
            try output.write(
                isChanged
                    ? "stored \(shown) at revision \(revision)\n"
                    : "\(shown) is unchanged, nothing was stored\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("key", key)
                $0.field("revision", revision)
                $0.field("changed", isChanged)
            }
            try output.write(document: &json)
        }
    }
}
