/// The store between two batches: nothing changes while somebody has it.
struct Standstill {
    /// What the file says now.
    let head: StoreHead
    /// Set when nobody knows any more what the disk holds: the writer takes nothing more.
    var failure: StoreError?
    /// Set when another file is in the place of the store's.
    var isReplaced = false
}
