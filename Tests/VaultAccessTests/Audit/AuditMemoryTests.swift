import CLinux
import Glibc
import Testing
import VaultTestSupport

@testable import VaultAccess

/// What the log leaves of its files in the kernel's memory.
@Suite struct AuditMemoryTests {
    @Test func memoryForLinesOnTheDiskIsGivenBackButForTheNewest() throws {
        let fixture = try AuditFixture()
        // A file system that is memory has nothing to give back.
        guard try !isMemory(fixture.directory.path) else { return }
        fixture.settings.synchronization = .interval(.seconds(1))
        let log = try fixture.open()
        while log.position.fileBytes < 3 << 20 { try fixture.write(1000, to: log) }
        fixture.now += 2_000_000
        log.synchronizeIfDue(now: fixture.now)

        let pages = try residentPages(fixture.file())
        let newest = Int(AuditLimits.recentBytes) / Int(sysconf(Int32(_SC_PAGESIZE)))
        #expect(pages.dropLast(newest).count { $0 } < pages.count / 4)
        #expect(pages.suffix(newest).count { $0 } > newest / 2)
        // Nothing of the file depends on it.
        try fixture.write(10, to: log)
        #expect(try fixture.verify().summary == [])
    }

    private func isMemory(_ path: String) throws -> Bool {
        var status = statfs()
        try #require(statfs(path, &status) == 0)
        let temporaryFileSystem = 0x0102_1994
        return Int(status.f_type) == temporaryFileSystem
    }

    /// For each page of the file whether it is in memory (mincore(2)).
    private func residentPages(_ path: String) throws -> [Bool] {
        let descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let map = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
        try #require(map != MAP_FAILED)
        defer { munmap(map, size) }
        let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
        var pages = [UInt8](repeating: 0, count: (size + pageSize - 1) / pageSize)
        try #require(mincore(map, size, &pages) == 0)
        return pages.map { $0 & 1 == 1 }
    }
}
