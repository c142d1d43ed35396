import VaultDoctor

func finding(_ id: String, _ findings: [Finding]) -> Finding? {
    findings.first { $0.id == id }
}

func severity(_ id: String, _ findings: [Finding]) -> Severity? {
    finding(id, findings)?.severity
}
