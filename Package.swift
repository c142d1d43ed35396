// swift-tools-version: 6.2
import PackageDescription

let upcomingFeatures = [
    "ExistentialAny", "ImmutableWeakCaptures", "InferIsolatedConformances",
    "InternalImportsByDefault", "MemberImportVisibility", "NonisolatedNonsendingByDefault",
]

// What the loader has resolved is read-only before a program begins, and it takes a tenth of the
// pages to say where the program's own addresses are.
let programLinkerSettings: [LinkerSetting] = [
    .unsafeFlags([
        "-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "relro", "-Xlinker", "-z", "-Xlinker", "now",
        "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
    ])
]

let package = Package(
    name: "vaultd",
    products: [
        .executable(name: "vaultd", targets: ["vaultd"]),
        .executable(name: "vaultctl", targets: ["vaultctl"]),
        .library(name: "VaultClient", targets: ["VaultClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // The C libraries.
        .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(
            name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CLinux"),
        // Ours: zeroes freed memory in the programs that link it.
        .target(name: "CWipe"),

        // One door to each of them.
        .target(
            name: "LMDB", dependencies: ["CLMDB"],
            swiftSettings: [.enableExperimentalFeature("Lifetimes"), .strictMemorySafety()]),
        .target(
            name: "Sodium", dependencies: ["CSodium", "CLinux"],
            swiftSettings: [.enableExperimentalFeature("Lifetimes"), .strictMemorySafety()]),
        .target(
            name: "RPC",
            dependencies: [
                "CNghttp2",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),

        // The vault.
        .target(name: "VaultSeal", dependencies: ["Sodium"]),
        .target(name: "VaultStore", dependencies: ["LMDB", "VaultSeal", "CLinux"]),
        .target(name: "VaultAccess", dependencies: ["VaultSeal", "Sodium", "CLinux"]),
        .target(
            name: "VaultAPI",
            dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")]),
        .target(name: "VaultDoctor", dependencies: ["CLinux"]),
        .target(
            name: "VaultBackup", dependencies: ["VaultStore", "VaultSeal", "Sodium", "CLinux"]),
        .target(
            name: "VaultServer",
            dependencies: [
                "CLinux", "VaultStore", "VaultSeal", "Sodium", "VaultAccess", "VaultDoctor",
                "VaultBackup",
                "VaultAPI", "RPC",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        .target(
            name: "VaultClient",
            dependencies: [
                "VaultAPI", "RPC",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),

        // The programs.
        .executableTarget(
            name: "vaultd",
            dependencies: [
                "VaultServer", "VaultDoctor", "CWipe",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            linkerSettings: programLinkerSettings),
        .executableTarget(
            name: "vaultctl",
            dependencies: [
                "VaultClient", "VaultAPI", "VaultAccess", "VaultBackup", "VaultDoctor", "VaultSeal",
                "CLinux", "CWipe",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            linkerSettings: programLinkerSettings),

        // vaultd beside etcd: `make bench`.
        .executableTarget(
            name: "vaultbench",
            dependencies: [
                "CLinux", "RPC", "VaultAPI", "VaultAccess", "VaultSeal",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Benchmarks/vaultbench"),

        // Tests: one target a module, and the whole programs in CommandTests.
        .target(name: "VaultTestSupport", path: "Tests/VaultTestSupport"),
        .testTarget(name: "LMDBTests", dependencies: ["LMDB", "VaultTestSupport"]),
        .testTarget(name: "SodiumTests", dependencies: ["Sodium", "VaultTestSupport"]),
        .testTarget(
            name: "VaultSealTests", dependencies: ["VaultSeal", "Sodium", "VaultTestSupport"],
            // Found by path: the tests also write what is missing.
            exclude: ["Golden"]),
        .testTarget(
            name: "VaultAccessTests",
            dependencies: ["VaultAccess", "VaultSeal", "Sodium", "VaultTestSupport"]),
        .testTarget(
            name: "VaultStoreTests",
            dependencies: ["VaultStore", "VaultSeal", "Sodium", "LMDB", "VaultTestSupport"]),
        .testTarget(
            name: "VaultDoctorTests", dependencies: ["VaultDoctor", "VaultTestSupport"]),
        .testTarget(
            name: "VaultBackupTests",
            dependencies: [
                "VaultBackup", "VaultStore", "VaultSeal", "VaultAccess", "Sodium",
                "VaultTestSupport",
            ],
            exclude: ["Golden"]),
        .testTarget(
            name: "RPCTests",
            dependencies: [
                "RPC", "VaultTestSupport", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "VaultServerTests",
            dependencies: [
                "VaultServer", "VaultStore", "VaultSeal", "VaultAccess", "VaultBackup", "Sodium",
                "VaultClient",
                "VaultAPI", "RPC", "CLinux", "VaultTestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "VaultClient", "VaultAPI", "RPC", "VaultTestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                // So that the test run builds the programs that it starts.
                "vaultd", "vaultctl",
            ],
            exclude: ["Transcripts"]),
        .testTarget(
            name: "VaultAPITests",
            dependencies: [
                "VaultAPI", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        .testTarget(
            name: "VaultClientTests",
            dependencies: [
                "VaultClient", "VaultAPI", "RPC", "VaultTestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        .testTarget(
            name: "vaultctlTests",
            dependencies: [
                "vaultctl", "VaultBackup", "VaultClient", "VaultAPI", "RPC", "VaultTestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        .testTarget(
            name: "DeployTests", dependencies: ["VaultTestSupport", "vaultd", "vaultctl"],
            exclude: ["machine.sh", "pod.py"]),
        .testTarget(name: "TidyTests", dependencies: ["VaultTestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)

// `make fuzz`: a program that libFuzzer drives, and every module under it instrumented, with the
// checks of a debug build in optimised code. No other build knows of it.
let isFuzzing = Context.environment["VAULT_FUZZ"] == "1"
let fuzzSettings = ["-sanitize=fuzzer,address", "-assert-config", "Debug", "-enable-testing"]
let modulesInC: Set = ["CWipe", "CFuzzer"]

if isFuzzing {
    package.targets += [
        .target(name: "CFuzzer", dependencies: ["CSodium"], path: "Fuzz/CFuzzer"),
        .executableTarget(
            name: "vaultfuzz",
            dependencies: [
                "CFuzzer", "VaultBackup", "VaultStore", "VaultSeal", "Sodium",
                "RPC", "VaultServer", "VaultAccess", "VaultAPI",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Fuzz/vaultfuzz",
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
    ]
}

// The daemon's own modules, whose debug builds run under the tests with every check of exclusive
// access to a class's property. In a release those checks cost a put 6 % of its processor time.
let modulesTestedForExclusivity: Set = [
    "LMDB", "Sodium", "RPC", "VaultSeal", "VaultStore", "VaultAccess", "VaultBackup",
    "VaultServer",
]

for target in package.targets
where target.type != .system && !modulesInC.contains(target.name) {
    var settings = target.swiftSettings ?? []
    settings += upcomingFeatures.map { .enableUpcomingFeature($0) }
    // The generated code is not ours to correct.
    if target.name != "VaultAPI" {
        settings.append(.treatAllWarnings(as: .error))
    }
    if isFuzzing {
        settings.append(.unsafeFlags(fuzzSettings))
    } else if modulesTestedForExclusivity.contains(target.name) {
        settings.append(
            .unsafeFlags(
                ["-enforce-exclusivity=unchecked"], .when(configuration: .release)))
    }
    target.swiftSettings = settings
}
