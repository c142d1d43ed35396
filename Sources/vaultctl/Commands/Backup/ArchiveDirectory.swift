import Glibc
import VaultBackup
import VaultSeal

/// The archives in a directory, as far as their ends can be read.
struct ArchiveDirectory {
    private(set) var archives: [ArchiveFile] = []
    /// Files that are called like archives and are not sound, with why.
    private(set) var problems: [(name: String, error: BackupError)] = []

    /// Reads the end of every file that begins as an archive or is called `*.vab`, oldest archive
    /// first.
    init(_ path: String) throws(CommandFailure) {
        let parent = path.hasSuffix("/") ? path : path + "/"
        for name in try Self.names(in: path) where !name.hasPrefix(".") {
            guard name.hasSuffix(ArchiveName.suffix) || ArchiveFile.begins(parent + name)
            else { continue }
            do throws(BackupError) {
                archives.append(try ArchiveFile(path: parent + name))
            } catch {
                problems.append((name, error))
            }
        }
        archives.sort { Self.order($0) < Self.order($1) }
    }

    private static func order(_ file: ArchiveFile) -> (UInt32, UInt64) {
        (file.footer.identity.timeline.number, file.footer.identity.sequence)
    }

    private static func names(in path: String) throws(CommandFailure) -> [String] {
        do throws(DirectoryNames.Failure) { return try DirectoryNames.list(path).sorted() } catch {
            throw CommandFailure(
                .failed, "cannot list \(path): \(SystemFailure.text(error.errno))",
                nextStep: "name a directory with archives")
        }
    }

    /// The newest archive of a vault's present life that an incremental one may continue.
    func newest(storeID: String, timeline: UInt32) -> ArchiveFile? {
        archives.last { file in
            let identity = file.footer.identity
            return identity.storeID.description == storeID
                && identity.timeline.number == timeline && isWhole(file)
        }
    }

    /// Everything that it continues is there, too.
    func isWhole(_ file: ArchiveFile) -> Bool {
        do throws(BackupError) {
            _ = try ArchiveChain(endingWith: file, among: archives)
            return true
        } catch { return false }
    }

    /// The longest time between two archives of a store that can be restored, in milliseconds.
    func worstGap(storeID: String) -> Int64? {
        let ours = archives.filter { $0.footer.identity.storeID.description == storeID }
        let good = ours.filter { $0.footer.isSigned && isWhole($0) }
        return BackupGap.worst(ours.map { ArchiveEntry($0) }, good: Set(good.map(\.digestText)))
    }
}
