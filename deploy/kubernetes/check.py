#!/usr/bin/env python3
"""Holds the manifests named as arguments to the restricted profile of the Pod Security Standards, and to
rules of our own. Prints each violation, and exits with 1 when there is one."""

import sys

import yaml

VOLUMES = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected",
    "secret",
}
# Who does what, by the number of their user; and the claims and secrets that they see, with what each
# container may do in them. Whoever makes archives neither prunes them nor drills with them.
DUTIES = {
    "vaultd": (10001, {"vaultd-state": "rw", "vaultd-socket": "rw"}),
    "vault-backup": (10002, {"vaultd-socket": "ro", "vault-backups/archives": "rw"}),
    "vault-prune": (
        10003, {"vault-backups": "rw", "vault-ledger": "ro", "vault-prune": "rw"},
    ),
    "vault-drill": (
        10004, {"vault-backups": "ro", "vault-ledger": "rw", "vault-drill-key": "ro"},
    ),
    "vault-drill-oldest": (
        10004, {"vault-backups": "ro", "vault-ledger": "rw", "vault-drill-key": "ro"},
    ),
    "vault-scrub": (10004, {"vault-backups": "ro", "vault-scrub": "rw"}),
    "vault-freshness": (10004, {"vault-backups": "ro", "vault-ledger": "ro"}),
    # Never beside the vault, whose volume it fills.
    "vault-restore": (
        10001, {"vaultd-state": "rw", "vault-backups": "ro", "vault-restore-key": "ro"},
    ),
}
# The one step of another identity: who prunes owns the directory that archives are added to.
BORROWED = {"vault-backup/archives": (10003, {"vault-backups": "rw"})}
GROUP = 10010
found = []


def rule(holds, what):
    if not holds:
        found.append(what)


def check_container(where, container):
    context = container.get("securityContext", {})
    rule(context.get("allowPrivilegeEscalation") is False, f"{where}: allowPrivilegeEscalation")
    rule(context.get("capabilities") == {"drop": ["ALL"]}, f"{where}: capabilities")
    rule(context.get("readOnlyRootFilesystem") is True, f"{where}: readOnlyRootFilesystem")
    rule(not context.get("privileged"), f"{where}: privileged")
    rule(context.get("procMount", "Default") == "Default", f"{where}: procMount")
    rule(context.get("runAsUser") != 0, f"{where}: runAsUser")
    rule(context.get("runAsNonRoot", True) is True, f"{where}: runAsNonRoot")
    rule("memory" in container.get("resources", {}).get("limits", {}), f"{where}: memory limit")
    rule(not any("hostPort" in port for port in container.get("ports", [])), f"{where}: hostPort")
    tag = container["image"].rpartition(":")[2]
    rule(tag not in ("latest", container["image"]), f"{where}: image without a version")


def storage(pod, container):
    """The claims and secrets that a container sees: what it may do, by name."""
    sources = {}
    for volume in pod.get("volumes", []):
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        sources[volume["name"]] = claim or volume.get("secret", {}).get("secretName")
    seen = {}
    for mount in container.get("volumeMounts", []):
        if name := sources.get(mount["name"]):
            name += f"/{mount['subPath']}" if "subPath" in mount else ""
            seen[name] = "ro" if mount.get("readOnly") else "rw"
    return seen


def check_duty(where, name, pod):
    rule(name in DUTIES, f"{where}: duty")
    user, allowed = DUTIES.get(name, (None, {}))
    context = pod.get("securityContext", {})
    rule((context.get("runAsUser"), context.get("runAsGroup")) == (user, user), f"{where}: identity")
    rule(context.get("fsGroup") == GROUP, f"{where}: fsGroup")
    rule(not context.get("supplementalGroups"), f"{where}: supplementalGroups")
    for container in pod.get("initContainers", []) + pod["containers"]:
        at = f"{where}/{container['name']}"
        own = container.get("securityContext", {})
        borrowed, may = BORROWED.get(f"{name}/{container['name']}", (user, allowed))
        identity = (own.get("runAsUser", user), own.get("runAsGroup", user))
        rule(identity == (borrowed, borrowed), f"{at}: identity")
        for what, access in storage(pod, container).items():
            rule(may.get(what) in (access, "rw"), f"{at}: {what} {access}")
    sees = storage(pod, pod["containers"][0])
    rule(sees == allowed, f"{where}: storage {sees}")


def check_probes(where, container):
    """A sealed vault waits for its key: it is alive, and not ready. To start it again seals it again."""
    for probe, is_live in (("startup", True), ("liveness", True), ("readiness", False)):
        command = container.get(f"{probe}Probe", {}).get("exec", {}).get("command", [])
        rule("status" in command, f"{where}: {probe}Probe")
        rule(("--live" in command) is is_live, f"{where}: {probe}Probe of a sealed vault")


def check_pod(where, pod):
    for field in ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"):
        rule(not pod.get(field), f"{where}: {field}")
    context = pod.get("securityContext", {})
    rule(context.get("runAsNonRoot") is True, f"{where}: runAsNonRoot")
    rule(context.get("runAsUser", 0) >= 10000, f"{where}: runAsUser")
    rule(context.get("seccompProfile") == {"type": "RuntimeDefault"}, f"{where}: seccompProfile")
    rule(context.get("fsGroupChangePolicy") == "OnRootMismatch", f"{where}: fsGroupChangePolicy")
    rule(not context.get("sysctls"), f"{where}: sysctls")
    # In a user namespace of its own the vault would see every caller as 65534.
    rule(pod.get("hostUsers", True) is True, f"{where}: hostUsers")
    rule(pod.get("automountServiceAccountToken") is False, f"{where}: automountServiceAccountToken")
    names = set()
    for volume in pod.get("volumes", []):
        names.add(volume["name"])
        kinds = set(volume) - {"name"}
        rule(kinds <= VOLUMES and len(kinds) == 1, f"{where}: volume {volume['name']} {kinds}")
    containers = pod.get("initContainers", []) + pod["containers"]
    for container in containers:
        check_container(f"{where}/{container['name']}", container)
        for mount in container.get("volumeMounts", []):
            rule(mount["name"] in names, f"{where}: no volume {mount['name']}")


def check(document):
    where = f"{document['kind']}/{document['metadata']['name']}"
    spec = document.get("spec", {})
    if document["kind"] == "Namespace":
        labels = document["metadata"].get("labels", {})
        rule(labels.get("pod-security.kubernetes.io/enforce") == "restricted", f"{where}: enforce")
        return
    rule(document["metadata"].get("namespace") == "vault", f"{where}: namespace")
    if document["kind"] == "StatefulSet":
        rule(spec["replicas"] == 1, f"{where}: replicas")
        selector = spec["selector"]["matchLabels"]
        labels = spec["template"]["metadata"]["labels"]
        rule(selector.items() <= labels.items(), f"{where}: selector")
        # Otherwise a rollout waits for a pod that waits for its key.
        rule(spec.get("updateStrategy") == {"type": "OnDelete"}, f"{where}: updateStrategy")
        check_probes(where, spec["template"]["spec"]["containers"][0])
        check_pod(where, spec["template"]["spec"])
        check_duty(where, document["metadata"]["name"], spec["template"]["spec"])
    elif document["kind"] == "CronJob":
        job = spec["jobTemplate"]["spec"]
        rule(spec.get("concurrencyPolicy") == "Forbid", f"{where}: concurrencyPolicy")
        rule(spec.get("startingDeadlineSeconds", 0) >= 60, f"{where}: startingDeadlineSeconds")
        rule(job.get("activeDeadlineSeconds", 0) > 0, f"{where}: activeDeadlineSeconds")
        rule(job["template"]["spec"].get("restartPolicy") == "Never", f"{where}: restartPolicy")
        # Why it failed is in its log for as long as it is kept.
        rule(spec.get("failedJobsHistoryLimit", 0) > 0, f"{where}: failedJobsHistoryLimit")
        check_pod(where, job["template"]["spec"])
        check_duty(where, document["metadata"]["name"], job["template"]["spec"])
    elif document["kind"] == "Job":
        rule(spec.get("suspend") is True, f"{where}: suspend")
        rule(spec.get("activeDeadlineSeconds", 0) > 0, f"{where}: activeDeadlineSeconds")
        rule(spec["template"]["spec"].get("restartPolicy") == "Never", f"{where}: restartPolicy")
        check_pod(where, spec["template"]["spec"])
        check_duty(where, document["metadata"]["name"], spec["template"]["spec"])
    elif document["kind"] == "NetworkPolicy":
        rule(spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}, f"{where}: deny all")
    elif document["kind"] == "ServiceAccount":
        rule(document.get("automountServiceAccountToken") is False, f"{where}: token")


documents = []
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        documents += [document for document in yaml.safe_load_all(file) if document]
kinds = sorted({document["kind"] for document in documents})
for kind in ("Namespace", "NetworkPolicy", "StatefulSet", "CronJob", "ServiceAccount"):
    rule(kind in kinds, f"no {kind}")
for name in DUTIES:
    rule(any(d["metadata"]["name"] == name for d in documents), f"nobody is {name}")
claims = {d["metadata"]["name"] for d in documents if d["kind"] == "PersistentVolumeClaim"}
for document in documents:
    check(document)
    for text in str(document).split("'claimName': '")[1:]:
        rule(text.split("'")[0] in claims, f"no claim {text.split(chr(39))[0]}")
for line in found:
    print(line)
print(f"{len(documents)} documents, {len(found)} violations")
sys.exit(1 if found else 0)
