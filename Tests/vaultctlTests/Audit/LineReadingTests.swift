import Testing
import VaultTestSupport

@testable import vaultctl

/// Lines that come in pieces, from either end.
@Suite struct LineReadingTests {
    private struct Sample {
        var bytes: [UInt8] = []
        var lines: [[UInt8]] = []
        /// Where the last line that has an end ends.
        var end = 0

        init(_ random: inout SeededRandom) {
            for _ in 0..<random.next() % 8 {
                let line = random.bytes(Int(random.next() % 6)).filter { $0 != 0x0A }
                lines.append(line)
                bytes += line + [0x0A]
            }
            end = bytes.count
            if random.once(in: 2) { bytes += random.bytes(3).filter { $0 != 0x0A } }
        }
    }

    @Test(arguments: TestSeed.seeds(200, for: "forward lines"))
    func piecesMakeTheSameLinesForward(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let sample = Sample(&random)
        var splitter = LineSplitter()
        var lines: [[UInt8]] = []
        var rest = sample.bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(1 + Int(random.next() % 5))
            lines += try splitter.take(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        #expect(lines == sample.lines, "seed \(seed)")
    }

    @Test(arguments: TestSeed.seeds(200, for: "backward lines"))
    func piecesMakeTheSameLinesBackward(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let sample = Sample(&random)
        var backward = BackwardLines(size: sample.bytes.count)
        var lines: [[UInt8]] = []
        while backward.offset > 0 {
            let count = min(backward.offset, 1 + Int(random.next() % 5))
            lines += try backward.take(
                Array(sample.bytes[(backward.offset - count)..<backward.offset]))
        }
        #expect(lines.reversed() == sample.lines, "seed \(seed)")
        #expect(backward.end ?? 0 == sample.end, "seed \(seed)")
    }

    @Test func lineWithoutEndIsRefusedInTime() {
        var splitter = LineSplitter()
        let piece = [UInt8](repeating: 0x61, count: LineSplitter.lineBytesMax)
        #expect(failure { () throws(CommandFailure) in _ = try splitter.take(piece) } == nil)
        #expect(failure { () throws(CommandFailure) in _ = try splitter.take([0x61]) } != nil)
        var backward = BackwardLines(size: 3 * piece.count)
        let end = Array(piece.dropLast()) + [0x0A]
        #expect(failure { () throws(CommandFailure) in _ = try backward.take(end) } == nil)
        #expect(failure { () throws(CommandFailure) in _ = try backward.take(piece) } != nil)
    }
}
