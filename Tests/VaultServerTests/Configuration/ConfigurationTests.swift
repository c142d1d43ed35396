import Logging
import Testing
import VaultAccess
import VaultStore

@testable import VaultServer

@Suite struct ConfigurationTests {
    private let directory = TestDirectory()

    private func load(
        _ yaml: String?, environment: [String: String] = [:]
    ) throws(ConfigurationError) -> ServerConfiguration {
        var path: String?
        if let yaml {
            directory.write(yaml, to: "vaultd.yaml")
            path = directory.path + "/vaultd.yaml"
        }
        return try ServerConfiguration.load(file: path, environment: environment)
    }

    private func refusal(
        _ yaml: String?, environment: [String: String] = [:]
    ) -> ConfigurationError? {
        do throws(ConfigurationError) {
            _ = try load(yaml, environment: environment)
            return nil
        } catch {
            return error
        }
    }

    /// The repository's own file, found from this one.
    private var documentedFile: String {
        let parts = #filePath.split(separator: "/").dropLast(4)
        return "/" + parts.joined(separator: "/") + "/config/vaultd.yaml"
    }

    @Test func theDocumentedFileHasEveryKeyWithTheDefaultOfTheCode() throws {
        let documented = try ServerConfiguration.load(
            file: documentedFile, environment: [:])
        #expect(documented == ServerConfiguration())
        let keys = try ServerConfiguration.keys(of: documentedFile)
        #expect(keys.sorted() == SettingKey.allCases.map(\.rawValue).sorted())
    }

    @Test func withoutAFileTheDefaultsHold() throws {
        #expect(try load(nil) == ServerConfiguration())
    }

    @Test func commentsAloneAreTheDefaults() throws {
        #expect(try load("# socket: /run/v\n\n  # nothing else\n") == ServerConfiguration())
    }

    @Test func theEnvironmentOverridesTheFile() throws {
        let configuration = try load(
            "quota_bytes: 1000\nsocket: /a\ndrain_seconds: 3\n",
            environment: ["VAULTD_QUOTA_BYTES": "2000", "VAULTD_SOCKET": "/b"])
        #expect(configuration.quotaBytes == 2_000)
        #expect(configuration.socket == "/b")
        #expect(configuration.drainSeconds == 3)
    }

    @Test func unprovenSlotsAreRefusedUnlessTheyAreAccepted() throws {
        #expect(try !load(nil).acceptsUnprovenSlots)
        #expect(try !load("unproven_slots: refuse\n").acceptsUnprovenSlots)
        #expect(try load("unproven_slots: accept\n").acceptsUnprovenSlots)
    }

    @Test func everyKeyCanBeSetInTheFile() throws {
        let configuration = try load(
            """
            data_directory: /d
            socket: /s
            socket_mode: "0660"
            keyfile: /k
            anchor_file: /mnt/a
            quota_bytes: 0
            auto_compaction_mode: periodic
            auto_compaction_retention: 36h
            watch_progress_interval: 5s
            retention:
              - "app/ versions=10 for=30d"
              - "a prefix with spaces for=45s"
              - " versions=2"
            passphrase_memory_mib: 9
            passphrase_passes: 2
            unseal_threads: 3
            event_threads: 4
            connections_max: 5
            connections_per_user_max: 6
            streams_per_connection_max: 7
            drain_seconds: 8
            audit_sync: each
            audit_rotate_bytes: 1048576
            audit_rotate_age: 2h
            audit_keep_files: 9
            audit_key_names: plain
            quotas:
              - "uid:1000 class=guaranteed rate=10"
              - "default watches=2"
            requests_per_second_max: 11
            log_level: debug
            """)
        var expected = ServerConfiguration()
        expected.dataDirectory = "/d"
        expected.socket = "/s"
        expected.socketMode = 0o660
        expected.keyfile = "/k"
        expected.anchorFile = "/mnt/a"
        expected.quotaBytes = 0
        expected.autoCompaction = .periodic(36 * 3_600_000)
        expected.watchProgressInterval = 5_000
        expected.retention = [
            RetentionRule(prefix: Array("app/".utf8), versions: 10, duration: 30 * 86_400_000),
            RetentionRule(prefix: Array("a prefix with spaces".utf8), duration: 45_000),
            RetentionRule(prefix: [], versions: 2),
        ]
        expected.passphraseMemoryMebibytes = 9
        expected.passphrasePasses = 2
        expected.unsealThreads = 3
        expected.eventThreads = 4
        expected.connectionsMax = 5
        expected.connectionsPerUserMax = 6
        expected.streamsPerConnectionMax = 7
        expected.drainSeconds = 8
        expected.audit.synchronization = .each
        expected.audit.fileBytesMax = 1 << 20
        expected.audit.fileAgeMax = 2 * 3_600_000
        expected.audit.keepFiles = 9
        expected.audit.namesKeys = true
        expected.quotas = ["uid:1000 class=guaranteed rate=10", "default watches=2"].compactMap {
            QuotaRule($0)
        }
        expected.requestsPerSecondMax = 11
        expected.logLevel = .debug
        #expect(configuration == expected)
    }

    @Test func unknownKeysAreRefusedByName() async {
        let path = directory.path + "/vaultd.yaml"
        #expect(refusal("quota_byte: 1\n") == .unknownKey(path: path, key: "quota_byte"))
        #expect(
            refusal("limits:\n  connections: 1\n")
                == .unknownKey(path: path, key: "limits.connections"))
    }

    @Test(arguments: [
        ("connections_max: 0", "connections_max", "0"),
        ("connections_max: many", "connections_max", "many"),
        ("quota_bytes: -1", "quota_bytes", "-1"),
        ("drain_seconds: 1.5", "drain_seconds", "1.5"),
        ("socket_mode: \"0777\"", "socket_mode", "0777"),
        ("socket_mode: \"0400\"", "socket_mode", "0400"),
        ("log_level: loud", "log_level", "loud"),
        ("auto_compaction_mode: hourly", "auto_compaction_mode", "hourly"),
        ("auto_compaction_mode: periodic", "auto_compaction_retention", ""),
        (
            "auto_compaction_mode: periodic\nauto_compaction_retention: \"10\"",
            "auto_compaction_retention", "10"
        ),
        (
            "auto_compaction_mode: revision\nauto_compaction_retention: 1h",
            "auto_compaction_retention", "1h"
        ),
        ("retention:\n  - app/", "retention", "app/"),
        ("retention:\n  - app/ versions=0", "retention", "app/ versions=0"),
        ("retention:\n  - app/ for=1w", "retention", "app/ for=1w"),
    ])
    func badValuesAreNamedWithWhatIsAllowed(_ line: String, _ key: String, _ value: String) async {
        guard case .invalid(let foundKey, let foundValue, let allowed) = refusal(line) else {
            Issue.record("accepted \(line)")
            return
        }
        #expect(foundKey == key && foundValue == value && !allowed.isEmpty)
    }

    @Test func aListWhereAValueBelongsIsRefused() async {
        guard case .invalid("socket", _, _) = refusal("socket:\n  - /a\n  - /b\n") else {
            Issue.record("accepted")
            return
        }
    }

    @Test(arguments: ["- a\n- b\n", "a: [unclosed\n", "", "\n"])
    func aFileThatIsNoMappingIsRefused(_ yaml: String) async {
        guard case .unreadable = refusal(yaml) else {
            Issue.record("accepted")
            return
        }
    }

    @Test func aMissingFileIsRefused() async {
        do throws(ConfigurationError) {
            _ = try ServerConfiguration.load(
                file: directory.path + "/none.yaml", environment: [:])
            Issue.record("accepted")
        } catch {
            guard case .unreadable(let path, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(path == directory.path + "/none.yaml")
        }
    }
}
