extension RecordCipher {
    /// What was sealed under the newest data key, since it was made as far as `resumeCounting` was
    /// told. nil when closed.
    public var sealing: SealingCount? {
        withPool { $0.counter.count }
    }

    /// Adds what was counted before a restart. Nothing when another key seals by now.
    public func resumeCounting(_ earlier: SealingCount) {
        withPool { pool in
            guard pool.newest.number == earlier.dataKey else { return }
            pool.counter.add(records: earlier.records, bytes: earlier.bytes)
        }
    }
}
