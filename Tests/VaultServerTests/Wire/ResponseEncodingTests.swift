import NIOCore
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

@testable import VaultServer
@testable import VaultStore

@Suite struct ResponseEncodingTests {
    private let header = ResponseHeader(clusterID: 0xffff_ffff_ffff_fff1, memberID: 7, raftTerm: 2)

    private func keyValue(_ messages: inout RandomMessages) -> KeyValue {
        KeyValue(
            // Long enough that lengths of one, two and three bytes occur.
            key: messages.bytes(300), value: messages.bytes(40_000),
            createRevision: Revision(messages.number()),
            modRevision: Revision(messages.number()), version: messages.number(),
            lease: LeaseID(messages.number()))
    }

    private func feed(_ keyValues: [KeyValue], to sink: inout RangeResponseSink) {
        for item in keyValues {
            item.key.withUnsafeBytes { key in
                item.value.withUnsafeBytes { value in
                    sink.append(
                        RecordView(
                            key: key, value: value, createRevision: item.createRevision,
                            modRevision: item.modRevision, version: item.version,
                            lease: item.lease))
                }
            }
        }
    }

    @Test func aRangeAnswerIsWhatSwiftProtobufWrites() throws {
        var messages = RandomMessages(random: printedSeed())
        for count in [0, 0, 1, 1, 1, 2, 3, 10, 50] {
            let keyValues = (0..<count).map { _ in keyValue(&messages) }
            let summary = RangeSummary(
                count: messages.number(), more: messages.flag(),
                revision: Revision(messages.number()))
            var expected = Expected.response(keyValues, summary)
            expected.header = header.message(revision: summary.revision)
            let bytes: [UInt8] = try expected.serializedBytes()

            var sink = RangeResponseSink()
            feed(keyValues, to: &sink)
            #expect([UInt8](sink.finish(summary, header: header).readableBytesView) == bytes)

            for pieceBytes in [1, 100, 1_000, 1 << 20] {
                var sink = RangeResponseSink(pieceBytesMax: pieceBytes)
                feed(keyValues, to: &sink)
                let pieces = sink.finishPieces(summary, header: header)
                #expect(pieces.flatMap { [UInt8]($0.readableBytesView) } == bytes)
                if pieceBytes == 1 { #expect(pieces.count == max(1, count)) }
            }
        }
    }

    @Test func answersToWritesAreWhatSwiftProtobufWrites() throws {
        var messages = RandomMessages(random: printedSeed())
        for _ in 0..<50 {
            let revision = Revision(messages.number())
            let previous = keyValue(&messages)
            try expectEqual(.put(PutResult(revision: revision)))
            try expectEqual(.put(PutResult(revision: revision, previous: previous)))
            try expectEqual(
                .delete(
                    DeleteResult(
                        revision: revision, deleted: messages.number(),
                        previous: [previous, keyValue(&messages)])))
            try expectEqual(.compact(revision: revision))
            try expectEqual(.transaction(transaction(&messages, depth: 0)))
        }
    }

    private func expectEqual(
        _ result: WriteResult, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let bytes: [UInt8] = try Expected.serialized(result, header: header)
        let written = ResponseEncoding.write(result, header: header)
        #expect([UInt8](written.readableBytesView) == bytes, sourceLocation: sourceLocation)
    }

    private func transaction(
        _ messages: inout RandomMessages, depth: Int
    ) -> TransactionResult {
        let revision = Revision(messages.number())
        var results: [OperationResult] = [
            .put(PutResult(revision: revision, previous: keyValue(&messages))),
            .range(
                RangeResult(
                    keyValues: [keyValue(&messages)], more: true, count: 3, revision: revision)),
            .delete(DeleteResult(revision: revision, deleted: 0)),
        ]
        if depth < 3 { results.append(.transaction(transaction(&messages, depth: depth + 1))) }
        return TransactionResult(
            revision: revision, succeeded: messages.flag(), results: results)
    }
}
