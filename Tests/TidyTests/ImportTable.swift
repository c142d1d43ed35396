/// Who may import what: the table of DESIGN.md, a row a target. Dependencies point down only.
enum ImportTable {
    /// Part of the toolchain: free for all.
    static let platform: Set<String> = ["Swift", "Glibc", "Synchronization", "Builtin"]

    /// NIO and what its own interfaces are made of.
    static let nio: Set<String> = ["NIOCore", "NIOPosix"]

    static let allowed: [String: Set<String>] = [
        "LMDB": ["CLMDB"],
        "Sodium": ["CSodium"],
        "RPC": nio.union(["CNghttp2", "NIOHTTP1"]),
        "VaultAPI": ["SwiftProtobuf", "FoundationEssentials"],
        "VaultSeal": ["Sodium"],
        // Sodium: for hashes of passwords and tokens. CLinux: for what the kernel says of peers.
        "VaultAccess": ["VaultSeal", "Sodium", "CLinux"],
        "VaultStore": ["VaultSeal", "LMDB"],
        "VaultBackup": ["VaultStore", "VaultSeal"],
        // Sodium: for handing a credential on in guarded memory, and for the SHA-256 of snapshots.
        "VaultServer": nio.union([
            "CLinux", "VaultStore", "VaultSeal", "VaultAccess", "VaultBackup", "VaultAPI", "RPC",
            "Sodium",
            "Logging", "Configuration", "SystemPackage", "SwiftProtobuf",
        ]),
        "VaultClient": nio.union(["VaultAPI", "RPC", "SwiftProtobuf", "FoundationEssentials"]),
        "vaultd": ["VaultServer", "ArgumentParser", "Logging", "SystemPackage"],
        "vaultctl": nio.union([
            "CLinux", "VaultClient", "VaultBackup", "VaultAccess", "VaultSeal", "VaultAPI",
            "ArgumentParser",
            "SystemPackage", "SwiftProtobuf", "FoundationEssentials", "RPC",
        ]),
        "vaultbench": nio.union([
            "RPC", "VaultAPI", "VaultAccess", "VaultSeal", "SwiftProtobuf", "FoundationEssentials",
        ]),
    ]
}
