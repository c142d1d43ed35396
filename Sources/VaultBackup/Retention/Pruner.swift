import Glibc

/// Does what a plan says.
public enum Pruner {
    /// Marks, unmarks and deletes, in the plan's order. Stops at the first failure; planning and
    /// running it again goes on.
    public static func run(
        _ plan: PrunePlan, now: Int64, in files: any BackupFiles
    ) throws(BackupError) {
        for action in plan.actions {
            switch action {
            case .mark(let name):
                try PruneMarks.write(name, at: now, in: files)
            case .unmark(let name):
                try remove([PruneMarks.fileName(for: name)], in: files)
            case .delete(let name):
                // The mark last: a crash in between leaves a mark without an archive, which the
                // next prune clears away.
                try remove([name, PruneMarks.fileName(for: name)], in: files)
            }
        }
    }

    /// What is gone already is fine.
    private static func remove(
        _ names: [String], in files: any BackupFiles
    ) throws(BackupError) {
        do throws(FileFault) {
            for name in names {
                do throws(FileFault) {
                    try files.patiently { () throws(FileFault) in try files.remove(name) }
                } catch { if error.code != ENOENT { throw error } }
            }
            try files.patiently { () throws(FileFault) in try files.synchronizeDirectory() }
        } catch { throw error.error(in: files.path) }
    }
}
