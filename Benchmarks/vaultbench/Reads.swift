import ArgumentParser
import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import VaultAPI

struct Revision: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the store's revision.")

    @OptionGroup var target: Target

    func run() async throws {
        let client = try await target.connect()
        print(try await client.range { $0.key = .init([0]) }.header.revision)
        await client.close()
    }
}

/// From the start of this program to the first answer, however long the server takes to be there.
struct FirstRead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Try a read until it succeeds; prints seconds.")

    @OptionGroup var target: Target

    func run() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        while clock.now - start < .seconds(120) {
            do {
                let client = try await target.connect()
                let answer = try await client.range { $0.key = .init(benchKey(0)) }
                guard answer.count == 1 else { throw ValidationError("the key is not there") }
                print((clock.now - start).secondsText)
                return await client.close()
            } catch let status as Status where status.code == .unavailable {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        throw ValidationError("no answer within two minutes")
    }
}

struct Count: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Count all keys 21 times; prints the count and the median in microseconds.")

    @OptionGroup var target: Target

    func run() async throws {
        let client = try await target.connect()
        let clock = ContinuousClock()
        var times: [Double] = []
        var count: Int64 = 0
        for _ in 0..<21 {
            let start = clock.now
            count = try await client.range {
                $0.key = .init([0])
                $0.rangeEnd = .init([0])
                $0.countOnly = true
            }.count
            times.append((clock.now - start).microseconds)
        }
        print(count, decimal(times.sorted()[times.count / 2]))
        await client.close()
    }
}

struct ReadAll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read all keys in a loop; prints how often and the mean seconds.")

    @OptionGroup var target: Target
    @Option(help: "For how long.")
    var seconds = 10

    func run() async throws {
        let client = try await target.connect()
        let clock = ContinuousClock()
        let start = clock.now
        var request = Etcdserverpb_RangeRequest()
        request.key = .init([0])
        request.rangeEnd = .init([0])
        let message = try request.buffer()
        var rounds = 0
        while clock.now - start < .seconds(seconds) {
            _ = try await client.unary(Methods.KV.range.path, message)
            rounds += 1
        }
        let mean = (clock.now - start).microseconds / 1e6 / Double(max(rounds, 1))
        print(rounds, decimal(mean))
        await client.close()
    }
}

struct Latency: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read one key at a time; prints reads, p50, p99 and max in microseconds.")

    @OptionGroup var target: Target
    @Option(help: "For how long.")
    var seconds = 8
    @Option(help: "Keys in the store.")
    var keys = 1_000_000

    func run() async throws {
        let client = try await target.connect()
        let clock = ContinuousClock()
        let start = clock.now
        var times: [Double] = []
        var number = 1
        while clock.now - start < .seconds(seconds) {
            number = (number &* 48_271) % 2_147_483_647
            let key = benchKey(number % keys)
            let before = clock.now
            let answer = try await client.range { $0.key = .init(key) }
            times.append((clock.now - before).microseconds)
            guard answer.count == 1 else { throw ValidationError("a key is missing") }
        }
        times.sort()
        func quantile(_ part: Double) -> String {
            decimal(times[min(times.count - 1, Int(Double(times.count) * part))])
        }
        print(times.count, quantile(0.5), quantile(0.99), decimal(times[times.count - 1]))
        await client.close()
    }
}

struct WrongUnseal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Unseal with a wrong passphrase in a loop; prints how often it was refused.")

    @OptionGroup var target: Target
    @Option(help: "For how long.")
    var seconds = 10

    func run() async throws {
        let client = try await target.connect()
        let clock = ContinuousClock()
        let start = clock.now
        var request = Vault_V1_UnsealRequest()
        request.passphrase = .init("not the passphrase".utf8)
        var refusals = 0
        while clock.now - start < .seconds(seconds) {
            do {
                let stream = try await client.stream(Methods.Vault.unseal.path)
                try await stream.send(try request.buffer())
                stream.finishSending()
                for try await _ in stream.messages {}
                throw ValidationError("a wrong passphrase was accepted")
            } catch is Status {
                refusals += 1
            }
        }
        print(refusals)
        await client.close()
    }
}
