import ArgumentParser
import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import VaultAPI

/// Fills a store.
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put keys 0..<N in transactions of 128; prints seconds.")

    @OptionGroup var target: Target
    @Option(help: "How many keys.")
    var keys = 1_000_000
    @Option(help: "The first key's number.")
    var from = 0
    @Option(help: "Bytes of each value.")
    var valueBytes = 200

    func run() async throws {
        let client = try await target.connect()
        let clock = ContinuousClock()
        let start = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            var next = from
            var underWay = 0
            while next < keys || underWay > 0 {
                // Enough at once to fill the server's batches.
                while next < keys && underWay < 16 {
                    let numbers = next..<min(next + 128, keys)
                    next = numbers.upperBound
                    underWay += 1
                    group.addTask { try await put(numbers, to: client) }
                }
                try await group.next()
                underWay -= 1
            }
        }
        print((clock.now - start).secondsText)
        await client.close()
    }

    private func put(_ numbers: Range<Int>, to client: Client) async throws {
        var transaction = Etcdserverpb_TxnRequest()
        for number in numbers {
            var put = Etcdserverpb_RequestOp()
            put.requestPut.key = .init(benchKey(number))
            put.requestPut.value = .init(
                repeating: UInt8(truncatingIfNeeded: number), count: valueBytes)
            transaction.success.append(put)
        }
        _ = try await client.unary(Methods.KV.txn.path, try transaction.buffer())
    }
}
