import LMDB
import VaultSeal
enum StoreLoader {
    struct Loaded {
        var index: SharedIndex
        var head: StoreHead
        var usedBytes: Int64
    }
    static func load(
        directory: String, cipher: RecordCipher, threads: Int,
        progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
    ) throws(StoreError) -> Loaded {
        Loaded(index: SharedIndex(), head: StoreHead(), usedBytes: 0)
    }
}
