import Testing
import VaultTestSupport

extension DeployTests {
    /// What is for Kubernetes and for containers, as far as text can be checked: nothing here runs
    /// either.
    @Suite struct Manifests {
        private let directory = "\(SourceTree.root)/deploy/kubernetes"
        private let names = [
            "namespace.yaml", "vaultd.yaml", "jobs.yaml", "prune.yaml", "scrub.yaml",
            "freshness.yaml", "restore.yaml",
        ]

        private func check(_ files: [String]) throws -> ProgramResult {
            // Debian's, which has Debian's yaml.
            try Program.run("/usr/bin/python3", ["\(directory)/check.py"] + files)
        }

        @Test func manifestsKeepToTheRestrictedProfile() throws {
            let result = try check(names.map { "\(directory)/\($0)" })
            #expect(result.status == .exit(0), "\(result)")
            #expect(result.outputText.contains("17 documents, 0 violations"), "\(result)")
        }

        @Test(arguments: [
            ("runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot"),
            ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "readOnlyRoot"),
            ("drop: [ALL]", "drop: [NET_RAW]", "capabilities"),
            ("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "allowPriv"),
            ("type: RuntimeDefault", "type: Unconfined", "seccompProfile"),
            ("hostUsers: true", "hostUsers: false", "hostUsers"),
            ("hostUsers: true", "hostNetwork: true", "hostNetwork"),
            ("fsGroupChangePolicy: OnRootMismatch", "fsGroupChangePolicy: Always", "fsGroup"),
            ("persistentVolumeClaim: {claimName", "hostPath: {path", "volume"),
            ("concurrencyPolicy: Forbid", "concurrencyPolicy: Allow", "concurrencyPolicy"),
            ("activeDeadlineSeconds:", "xactiveDeadlineSeconds:", "activeDeadlineSeconds"),
            ("startingDeadlineSeconds:", "xstartingDeadlineSeconds:", "startingDeadline"),
            ("policyTypes: [Ingress, Egress]", "policyTypes: [Ingress]", "deny all"),
            ("enforce: restricted", "enforce: baseline", "enforce"),
            ("automountServiceAccountToken: false", "automountServiceAccountToken: true", "Token"),
            ("failedJobsHistoryLimit: 10", "failedJobsHistoryLimit: 0", "failedJobs"),
            ("limits: {cpu: 500m, memory: 256Mi}", "limits: {cpu: 500m}", "memory limit"),
            // Duties: whoever makes archives neither prunes them nor says that they are good.
            ("runAsUser: 10003", "runAsUser: 10002", "vault-prune: identity"),
            ("runAsGroup: 10003", "runAsGroup: 10002", "vault-backup/archives: identity"),
            ("runAsUser: 10004", "runAsUser: 10002", "vault-freshness: identity"),
            ("fsGroup: 10010", "fsGroup: 10011", "fsGroup"),
            ("fsGroup: 10010", "supplementalGroups: [0]", "supplementalGroups"),
            ("mountPath: /ledger, readOnly: true", "mountPath: /ledger", "vault-ledger rw"),
            ("mountPath: /backups, readOnly: true", "mountPath: /backups", "vault-backups rw"),
            (", subPath: archives", "", "vault-backups rw"),
            ("claimName: vault-prune", "claimName: vaultd-socket", "vaultd-socket rw"),
            ("configMap: {name", "secret: {secretName", "vault-ceremonies ro"),
            (
                "configMap: {name: vault-ceremonies", "secret: {secretName: vault-drill-key",
                "vault-drill-key ro"
            ),
            ("suspend: true", "suspend: false", "suspend"),
            // Sealed is not ill, and serves nobody.
            ("status, --live", "status", "livenessProbe of a sealed vault"),
            ("vaultd.sock, status]", "vaultd.sock, status, --live]", "readinessProbe of a sealed"),
            ("startupProbe", "xProbe", "startupProbe"),
            ("type: OnDelete", "type: RollingUpdate", "updateStrategy"),
            ("name: vault-freshness", "name: vault-staleness", "nobody is vault-freshness"),
        ])
        func weakerManifestsAreRefused(_ from: String, _ to: String, _ rule: String) throws {
            let copy = try TemporaryDirectory()
            for name in names {
                let text = try Files.text("\(directory)/\(name)")
                try Files.write(text.replacing(from, with: to), to: copy.file(name))
            }
            let result = try check(names.map(copy.file))
            #expect(result.status == .exit(1), "\(result)")
            #expect(result.outputText.contains(rule), "\(result)")
        }

        @Test func theImageStartsNoShellAndIsNotRoot() throws {
            let text = try Files.text("\(SourceTree.root)/deploy/container/Dockerfile")
            let last = try #require(text.ranges(of: "\nFROM ").last)
            let final = text[last.upperBound...].split(separator: "\n")
            #expect(final.contains("USER 10001:10001"))
            for word in ["ENTRYPOINT", "CMD", "    CMD"] {
                for line in final where line.hasPrefix(word + " ") {
                    #expect(line.contains("[\"") && line.hasSuffix("\"]"), "\(line)")
                }
            }
            #expect(final.contains { $0.contains("HEALTHCHECK") })
            #expect(!text.contains("latest"))
        }
    }
}
