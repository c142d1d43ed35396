/// A head beside the log's last file.
enum AuditHeadFile {
    case absent
    case damaged
    case found(AuditHead)
}
