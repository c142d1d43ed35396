import VaultSeal

extension RecordCipher {
    /// Opens the head, as the unseal scan meets it.
    func openHead(_ sealed: UnsafeRawBufferPointer) throws(StoreError) -> StoreHead {
        var buffer = Bytes(repeating: 0, count: sealed.count)
        let outcome: Result<StoreHead, StoreError> = buffer.withUnsafeMutableBytes { buffer in
            do throws(SealError) {
                let count = try open(sealed, at: .state, into: buffer)
                guard
                    let head = StoreHead.decode(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                else { return .failure(.damaged("the sealed head is malformed")) }
                return .success(head)
            } catch {
                return .failure(.damaged("the sealed head does not verify"))
            }
        }
        return try outcome.get()
    }
}
