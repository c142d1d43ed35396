import Glibc
import Sodium

extension RecordCipher {
    /// Seals what `record` holds once more, under the data key that seals now, into exactly
    /// `record.count` bytes at `output`. The two must not overlap. The record stays in its place
    /// and in the timeline that it was written in.
    ///
    /// Throws `.damaged` when the record was changed or belongs elsewhere; `output` is then not
    /// defined, but holds no plaintext.
    public func reseal(
        _ record: UnsafeRawBufferPointer, at place: RecordPlace,
        into output: UnsafeMutableRawBufferPointer
    ) throws(SealError) {
        precondition(output.count == record.count, "the output has another size than the record")
        let outcome: Result<Void, SealError> = withUnsafeTemporaryAllocation(
            byteCount: max(record.count, 1), alignment: 16
        ) { buffer in
            defer {
                if let base = buffer.baseAddress { explicit_bzero(base, buffer.count) }
            }
            do throws(SealError) {
                let count = try open(record, at: place, into: buffer)
                let origin = try timeline(of: try RecordHeader(record), at: place)
                try seal(
                    UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: place, in: origin,
                    into: output)
                return .success(())
            } catch { return .failure(error) }
        }
        try outcome.get()
    }
}
