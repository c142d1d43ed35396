#!/usr/bin/env python3
"""pod.py MANIFESTS NAME ROOT [COMMAND...]: what a kubelet would make of the StatefulSet or CronJob NAME, as
far as files and identities go: the pod's containers one after the other, each in namespaces of its own, by
its user, with its mounts. The status is that of the first that fails. With a COMMAND it alone is run, as by
`kubectl exec`.

ROOT/claims, ROOT/secrets and ROOT/configMaps have a directory a name; ROOT/local what the image installs."""

import glob
import os
import shlex
import subprocess
import sys

import yaml

manifests, name, root = sys.argv[1:4]
script = ["set -e", "mount --make-rprivate /"]


def find():
    for path in sorted(glob.glob(f"{manifests}/*.yaml")):
        with open(path, encoding="utf-8") as file:
            for document in yaml.safe_load_all(file):
                if document["kind"] in ("StatefulSet", "CronJob", "Job"):
                    if document["metadata"]["name"] == name:
                        spec = document["spec"]
                        return spec.get("jobTemplate", {"spec": spec})["spec"]["template"]["spec"]
    sys.exit(f"no workload {name}")


def published(kind, given, group):
    """Files of a secret or a ConfigMap: links, and readable for fsGroup whatever their mode."""
    source = f"{root}/{kind}s/{given.get('secretName') or given['name']}"
    if not os.path.isdir(source) and not given.get("optional"):
        sys.exit(f"no {kind} {source}")
    mode = given.get("defaultMode", 0o644) | 0o440
    at = f"{root}/published"
    lines = [f"mount -t tmpfs -o mode=3777,gid={group} tmpfs {at}", f"mkdir -m 2755 {at}/..1"]
    lines += [f"ln -s ..1 {at}/..data"]
    for file in sorted(os.listdir(source)) if os.path.isdir(source) else []:
        lines += [
            f"install -m {mode:o} -o 0 -g {group} {source}/{file} {at}/..1/{file}",
            f"ln -s ..data/{file} {at}/{file}",
        ]
    return at, lines


def claimed(claim, group):
    """A volume as fsGroup leaves it."""
    at = f"{root}/claims/{claim}"
    os.makedirs(at, exist_ok=True)
    if os.stat(at).st_gid != group:
        os.chown(at, 0, group)
        os.chmod(at, 0o2775)
    return at


def mounts(pod, container):
    group = pod["securityContext"]["fsGroup"]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    for mount in container["volumeMounts"]:
        volume = volumes[mount["name"]]
        isReadOnly = mount.get("readOnly", False)
        if "persistentVolumeClaim" in volume:
            at = claimed(volume["persistentVolumeClaim"]["claimName"], group)
            if "subPath" in mount:
                at += "/" + mount["subPath"]
                os.makedirs(at, 0o2775, exist_ok=True)
        elif "emptyDir" in volume:
            # Of this pod, for as long as this program runs.
            at = f"{root}/empty/{mount['name']}"
        else:
            kind = "secret" if "secret" in volume else "configMap"
            at, lines = published(kind, volume[kind], group)
            script.extend(lines)
            isReadOnly = True
        target = f"{root}/root{mount['mountPath']}"
        script.append(f"mkdir -p {target}; mount --bind {at} {target}")
        if isReadOnly:
            script.append(f"mount -o remount,bind,ro {target}")


def start(pod, container, command, isLast):
    del script[2:]
    script.append(f"mount -t tmpfs -o mode=755 tmpfs {root}/root")
    for directory in ("usr", "opt"):
        at = f"{root}/root/{directory}"
        script.append(f"mkdir {at}; mount --rbind /{directory} {at}; mount -o remount,bind,ro {at}")
    script.append(f"cd {root}/root; mkdir dev etc proc tmp old")
    script.append("for link in bin sbin lib lib64; do ln -s usr/$link $link; done")
    script.append("cp /etc/ld.so.cache etc")
    script.append(f"mount --bind {root}/local/ usr/local; mount -o remount,bind,ro usr/local")
    script.append("for device in null zero full random urandom; do")
    script.append(": >dev/$device; mount --bind /dev/$device dev/$device; done")
    mounts(pod, container)
    script.append("mount -t proc proc proc")
    script.append(f"cd {root}/root; pivot_root . old; umount -l /old")
    script.append("mount -o remount,ro /")
    context = {**pod["securityContext"], **container["securityContext"]}
    words = ["setpriv", f"--reuid={context['runAsUser']}", f"--regid={context['runAsGroup']}"]
    words += [f"--groups={context['fsGroup']}", "--no-new-privs", "--bounding-set=-all"]
    words += ["--inh-caps=-all", "env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin"]
    words += [f"{one['name']}={one['value']}" for one in container.get("env", [])]
    script.append(f"exec {shlex.join(words + command)}")
    namespaces = ["--mount", "--pid", "--ipc", "--net", "--uts", "--fork", "--kill-child"]
    words = ["unshare", *namespaces, "sh", "-c", "\n".join(script)]
    if isLast:
        os.execvp(words[0], words)
    return subprocess.run(words, check=False).returncode


def words_of(container):
    return container.get("command", ["/usr/local/bin/vaultd"]) + container.get("args", [])


pod = find()
for directory in ("root", "published", "empty"):
    os.makedirs(f"{root}/{directory}", exist_ok=True)
for volume in pod["volumes"]:
    if "emptyDir" in volume:
        at = f"{root}/empty/{volume['name']}"
        subprocess.run(["rm", "-rf", at], check=True)
        os.makedirs(at)
        os.chown(at, 0, pod["securityContext"]["fsGroup"])
        os.chmod(at, 0o2777)
last = pod["containers"][0]
if sys.argv[4:]:
    start(pod, last, sys.argv[4:], True)
for container in pod.get("initContainers", []):
    if status := start(pod, container, words_of(container), False):
        sys.exit(status)
start(pod, last, words_of(last), True)
