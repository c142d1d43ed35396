import Glibc
import VaultTestSupport

/// The memory of a process that stands still, as root reads it through `/proc/PID/mem`: mappings
/// without pages of their own, and what may not be read, are left out.
final class ProcessMemory {
    struct Piece {
        let mapping: MemoryMapping
        let bytes: [UInt8]
    }

    let pieces: [Piece]

    init(of program: Program) throws {
        program.signal(SIGSTOP)
        defer { program.signal(SIGCONT) }
        guard Waiting.until(.seconds(60), { program.isStopped }) else {
            throw TestFailure("the process does not stand still")
        }
        let path = "/proc/\(program.processID)/mem"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TestFailure("cannot open \(path): \(errno)") }
        defer { close(descriptor) }
        pieces = try MemoryMapping.all(of: program.processID).filter(\.mayHoldSecrets).map {
            Piece(mapping: $0, bytes: Self.read($0, from: descriptor))
        }
    }

    /// Everything up to the first page that cannot be read.
    private static func read(_ mapping: MemoryMapping, from descriptor: Int32) -> [UInt8] {
        let count = Int(mapping.end - mapping.start)
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let result = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled,
                    off_t(mapping.start) + off_t(filled))
                guard result > 0 else { return }
                filled += result
            }
        }
    }

    /// Where `needle` is: `[heap]+1a0`, and whether in guarded memory.
    func places(of needle: [UInt8]) -> [(place: String, isGuarded: Bool)] {
        var places: [(String, Bool)] = []
        for piece in pieces {
            for offset in Self.offsets(of: needle, in: piece.bytes) {
                let name = piece.mapping.name.isEmpty ? "anonymous" : piece.mapping.name
                let at = String(piece.mapping.start + UInt64(offset), radix: 16)
                places.append(("\(name) \(at)", piece.mapping.isGuarded))
            }
        }
        return places
    }

    private static func offsets(of needle: [UInt8], in bytes: [UInt8]) -> [Int] {
        bytes.withUnsafeBytes { text in
            needle.withUnsafeBytes { needle in
                var offsets: [Int] = []
                guard let base = text.baseAddress else { return [] }
                var start = 0
                // glibc's search: a loop of ours would take minutes in a debug build.
                while let found = vaultTestFind(
                    base + start, text.count - start, needle.baseAddress, needle.count)
                {
                    offsets.append(found - base)
                    start = found - base + 1
                }
                return offsets
            }
        }
    }

    /// What lies in guarded memory and looks like a key: pieces of 16 bytes, of which a copy of
    /// any key of 32 bytes has at least one.
    var keyPieces: Set<[UInt8]> {
        var result: Set<[UInt8]> = []
        for piece in pieces where piece.mapping.isGuarded {
            for start in stride(from: 0, through: piece.bytes.count - 16, by: 8) {
                let part = Array(piece.bytes[start..<start + 16])
                // Of 16 random bytes, fewer than 12 different ones are one case in 20,000.
                if Set(part).count >= 12 { result.insert(part) }
            }
        }
        return result
    }

    /// Those of `needles`, all of 16 bytes, that lie outside of guarded memory (or anywhere).
    func found(_ needles: Set<[UInt8]>, alsoGuarded: Bool = false) -> Set<[UInt8]> {
        let index = PieceIndex(needles)
        var found: Set<[UInt8]> = []
        for piece in pieces where alsoGuarded || !piece.mapping.isGuarded {
            index.search(piece.bytes) { found.insert($0) }
        }
        return found
    }
}

/// `memmem`, which the Glibc module leaves out.
@_silgen_name("memmem")
private func vaultTestFind(
    _ text: UnsafeRawPointer?, _ count: Int, _ needle: UnsafeRawPointer?, _ needleCount: Int
) -> UnsafeRawPointer?
