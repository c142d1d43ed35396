import Synchronization
import Testing

@testable import VaultSeal

@Suite("Many threads")
struct ConcurrencyTests {
    @Test func `Threads seal and open at once`() throws {
        let cipher = try CipherParts().cipher()
        let wrong = Atomic<Int>(0)
        onThreads(
            (0..<8).map { worker in
                {
                    for round in 0..<1000 {
                        let place = RecordPlace.log(main: UInt64(round), sub: UInt32(worker))
                        let payload = [UInt8](repeating: UInt8(worker), count: round % 300)
                        let error = failure { () throws(SealError) in
                            let record = try cipher.seal(payload, at: place)
                            let opened = try cipher.open(record, at: place)
                            if opened != payload { wrong.add(1, ordering: .relaxed) }
                        }
                        if error != nil { wrong.add(1, ordering: .relaxed) }
                    }
                }
            })
        #expect(wrong.load(ordering: .relaxed) == 0)
    }

    @Test func `Closing under load never lets a wiped key be used`() throws {
        // A record that was sealed under wiped keys would not open for the witness.
        let wrong = Atomic<Int>(0)
        let sealedCount = Atomic<Int>(0)
        for _ in 0..<100 {
            let cipher = try CipherParts().cipher()
            let witness = try CipherParts().cipher()
            let running = Atomic<Int>(0)
            let work: @Sendable (Int) -> Void = { worker in
                let place = RecordPlace.log(main: 1, sub: UInt32(worker))
                var record: [UInt8] = []
                while true {
                    let closed = failure { () throws(SealError) in
                        record = try cipher.seal([1], at: place)
                    }
                    if closed != nil {
                        if closed != .closed { wrong.add(1, ordering: .relaxed) }
                        return
                    }
                    let refused = failure { () throws(SealError) in
                        _ = try witness.open(record, at: place)
                    }
                    if refused != nil { wrong.add(1, ordering: .relaxed) }
                    sealedCount.add(1, ordering: .relaxed)
                    running.add(1, ordering: .relaxed)
                }
            }
            let close: @Sendable () -> Void = {
                while running.load(ordering: .relaxed) < 30 {}
                cipher.close()
            }
            onThreads([{ work(0) }, { work(1) }, { work(2) }, close])
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
        #expect(sealedCount.load(ordering: .relaxed) >= 3000)
    }

    @Test func `Several threads unseal at once`() throws {
        let directory = ScratchDirectory()
        let created = try KeyringFile.create(in: directory.path, passphraseCost: .minimum) {
            (new) throws(SealError) in
            try new.addSlot(for: try passphrase("words"))
        }
        let opened = Atomic<Int>(0)
        onThreads(
            (0..<4).map { _ in
                {
                    _ = failure { () throws(SealError) in
                        let cipher = try KeyringFile.open(
                            in: directory.path, with: try passphrase("words"))
                        if cipher.storeID == created.storeID { opened.add(1, ordering: .relaxed) }
                    }
                }
            })
        #expect(opened.load(ordering: .relaxed) == 4)
    }
}
