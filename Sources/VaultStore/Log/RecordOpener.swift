import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// Finds the sealed record at a place of the log; nil when there is none.
typealias SealedLookup = (LogPosition) throws(StoreError) -> UnsafeRawBufferPointer?

extension RecordCipher {
    /// Opens a put of the log for the time of `body`; the plaintext is wiped afterwards.
    ///
    /// Small records are opened on the stack: no allocation between the file and the answer.
    func withRecord<R>(
        _ sealed: UnsafeRawBufferPointer, at position: LogPosition,
        _ body: (borrowing LogRecord) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        let outcome: Result<R, StoreError> = withUnsafeTemporaryAllocation(
            byteCount: max(sealed.count, 1), alignment: 16
        ) { buffer in
            defer {
                if let base = buffer.baseAddress { explicit_bzero(base, buffer.count) }
            }
            do throws(StoreError) {
                let count = try openPayload(sealed, at: position, into: buffer)
                let payload = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                guard let record = LogRecord.decode(payload) else {
                    throw StoreError.damaged(
                        "the record at \(position.main).\(position.sub) is malformed")
                }
                return .success(try body(record))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    func openPayload(
        _ sealed: UnsafeRawBufferPointer, at position: LogPosition,
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(StoreError) -> Int {
        do throws(SealError) {
            return try open(
                sealed, at: .log(main: UInt64(bitPattern: position.main), sub: position.sub),
                into: buffer)
        } catch {
            throw .damaged(
                "the record at revision \(position.main).\(position.sub) does not verify")
        }
    }
}
