/// What the names of checks stand for, for people who did not write them.
enum CheckText {
    /// What a step of a drill has proven; the name itself for one of a newer version.
    static func step(_ name: String) -> String { steps[name] ?? name }

    /// What was wrong with the backup, or done to the restore, in a negative control: "N3/half" is
    /// told as all of "N3"; the name itself for one of a newer version.
    static func control(_ name: String) -> String { controls[group(of: name)] ?? name }

    /// "N3/half" -> "N3"
    static func group(of name: String) -> String { String(name.prefix { $0 != "/" }) }

    private static let steps = [
        "choose": "There is a backup, and nothing of what it continues is missing",
        "age": "It is young enough, and none that was seen before is gone",
        "bytes": "Every byte is what was written, and was signed by the vault",
        "unwrap": "The key opens it",
        "signer": "It is of a vault that was drilled before, or the first one",
        "state-hash": "Every record opens, and together they are what the vault held",
        "audit-lines": "Each line of the audit log in it follows from the one before",
        "scratch": "The place of the restore is private, empty and large enough",
        "restore": "A vault was restored from it",
        "server": "A server starts on that vault",
        "unseal": "The key unseals it",
        "first-read": "A client reads a secret from it",
        "rto": "All of that took no longer than it may",
        "counts": "Records, keys and leases are as many as there were",
        "content": "Secrets that were picked at random are what they were",
        "canary": "The mark of this backup is in it, and those of older ones are not",
        "revisions": "Revisions go on behind all that the lost vault gave out",
        "watch": "Whoever watched the lost vault is told that its history ended",
        "write": "A secret can be written",
        "access": "Everybody may do what they could do, and no more",
        "audit": "The audit log is whole, and says what it goes on from",
        "files": "All files are private, and no secret is readable in them",
        "live": "The vault that serves was not touched",
        "teardown": "Nothing is left of the restored one",
    ]

    private static let controls = [
        "N1": "a bit of a record was flipped",
        "N2": "a bit of its header, its keys, its end or its signature was flipped",
        "N3": "it was cut short",
        "N4": "a part of it, or an archive that it continues, was missing",
        "N5": "something was added to it",
        "N6": "parts were swapped, with each other or with another vault's",
        "N7": "the key was a wrong one",
        "N8": "an older backup was put in the place of the newest",
        "N9": "the newest backup was too old",
        "N10": "it was signed, but did not hold what it said",
        "N11": "a rule of access was lost in the restored vault",
        "N12": "a line was missing in the audit log",
        "N13": "the disk was full, or gone, during the restore",
        "N14": "the restore was killed in the middle",
        "N15": "the directory was not empty, or in use",
        "N16": "the clock was wrong when old backups were to be removed",
        "N17": "it was written by a newer version",
        "N18": "a record was in it twice",
        "N19": "somebody had flooded the directory with newer backups",
    ]
}
