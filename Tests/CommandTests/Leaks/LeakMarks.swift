import VaultTestSupport

/// Words that occur nowhere else, one for each kind of secret. Long, of letters alone, so that they
/// survive in whatever they are quoted by.
struct LeakMarks {
    let value: String
    let key: String
    let password: String
    let wrongPassword: String
    let passphrase: String
    let wrongPassphrase: String
    /// Exactly a key file.
    let keyfile: String
    let wrongKeyfile: String
    /// Sent as a token, and is none.
    let wrongToken: String

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        func mark(_ kind: String, count: Int = 28) -> String {
            let letters = Array("abcdefghijklmnopqrstuvwxyz")
            return kind + String((kind.count..<count).map { _ in random.pick(letters) })
        }
        value = mark("value")
        key = mark("key")
        password = mark("password")
        wrongPassword = mark("wrongpassword")
        passphrase = mark("passphrase")
        wrongPassphrase = mark("wrongpassphrase")
        keyfile = mark("keyfile", count: 32)
        wrongKeyfile = mark("wrongkeyfile", count: 32)
        wrongToken = mark("token")
    }

    /// What nobody may ever be shown who did not ask for it.
    var secrets: [String] {
        [
            value, password, wrongPassword, passphrase, wrongPassphrase, keyfile, wrongKeyfile,
            wrongToken,
        ]
    }

    /// What a client names as well, and is in no place of the server.
    var all: [String] { secrets + [key] }
}
