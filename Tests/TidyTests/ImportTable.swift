/// Who may import what: the table of DESIGN.md, a row a target. Dependencies point down only.
enum ImportTable {
    /// Part of the toolchain: free for all.
    static let platform: Set<String> = ["Swift", "Glibc", "Synchronization", "Builtin"]

    /// NIO and what its own interfaces are made of.
    static let nio: Set<String> = ["NIOCore", "NIOPosix"]

    static let allowed: [String: Set<String>] = [
        "LMDB": ["CLMDB"],
        // CLinux: for the protection keys of memory.
        "Sodium": ["CSodium", "CLinux"],
        "RPC": nio.union(["CNghttp2", "NIOHTTP1"]),
        "VaultAPI": ["SwiftProtobuf", "FoundationEssentials"],
        "VaultSeal": ["Sodium"],
        // Sodium: for hashes of passwords and tokens. CLinux: for what the kernel says of peers.
        "VaultAccess": ["VaultSeal", "Sodium", "CLinux"],
        // Facts of the machine and rules about them: nothing of the vault's.
        "VaultDoctor": ["CLinux"],
        // CLinux: for the names of threads.
        "VaultStore": ["VaultSeal", "LMDB", "CLinux"],
        // Sodium: for hashes and signatures of what is public. CLinux: for renameat2.
        "VaultBackup": ["VaultStore", "VaultSeal", "Sodium", "CLinux"],
        // Sodium: for handing a credential on in guarded memory, and for the SHA-256 of snapshots.
        "VaultServer": nio.union([
            "CLinux", "VaultStore", "VaultSeal", "VaultAccess", "VaultBackup", "VaultAPI", "RPC",
            "Sodium", "VaultDoctor",
            "Logging", "Configuration", "SystemPackage", "SwiftProtobuf",
        ]),
        "VaultClient": nio.union(["VaultAPI", "RPC", "SwiftProtobuf", "FoundationEssentials"]),
        "vaultd": [
            "VaultServer", "VaultDoctor", "CWipe", "ArgumentParser", "Logging", "SystemPackage",
        ],
        "vaultctl": nio.union([
            "CLinux", "VaultClient", "VaultBackup", "VaultAccess", "VaultSeal", "VaultAPI",
            "VaultDoctor", "CWipe", "ArgumentParser",
            "SystemPackage", "SwiftProtobuf", "FoundationEssentials", "RPC",
        ]),
        "vaultbench": nio.union([
            "RPC", "VaultAPI", "VaultAccess", "VaultSeal", "SwiftProtobuf", "FoundationEssentials",
        ]),
    ]
}
