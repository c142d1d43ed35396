import Glibc
import Sodium
import Testing

@Suite("Random reservoir")
struct RandomReservoirTests {
    private func take(_ reservoir: RandomReservoir, count: Int = 24) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.withUnsafeMutableBytes { reservoir.fill($0) }
        return bytes
    }

    @Test func `No bytes are handed out twice`() throws {
        let reservoir = try RandomReservoir()
        let drawn = (0..<10_000).map { _ in take(reservoir) }
        #expect(Set(drawn).count == drawn.count)
        #expect(!drawn.contains { $0.suffix(8).allSatisfy { $0 == 0 } })
    }

    @Test func `Threads never share bytes`() async throws {
        let reservoir = try RandomReservoir()
        let drawn = await withTaskGroup(of: [[UInt8]].self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<2_000).map { _ in take(reservoir) } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(drawn.count == 16_000)
        #expect(Set(drawn).count == drawn.count)
    }

    @Test func `A forked child draws other bytes than its parent`() async {
        // In a process of its own: what is forked here has one thread.
        await #expect(processExitsWith: .success) {
            let reservoir = try RandomReservoir()
            var first = [UInt8](repeating: 0, count: 24)
            first.withUnsafeMutableBytes { reservoir.fill($0) }
            // Swift hides fork(2); the child here only draws and writes.
            typealias Fork = @convention(c) () -> pid_t
            guard let symbol = dlsym(nil, "fork") else { exit(2) }
            let fork = unsafeBitCast(symbol, to: Fork.self)
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { exit(3) }
            var drawn = [UInt8](repeating: 0, count: 24)
            let child = fork()
            guard child >= 0 else { exit(4) }
            drawn.withUnsafeMutableBytes { reservoir.fill($0) }
            if child == 0 {
                _exit(write(ends[1], drawn, drawn.count) == drawn.count ? 0 : 1)
            }
            var others = [UInt8](repeating: 0, count: 24)
            guard read(ends[0], &others, others.count) == others.count else { exit(5) }
            guard others != drawn, others.contains(where: { $0 != 0 }) else { exit(6) }
        }
    }
}
