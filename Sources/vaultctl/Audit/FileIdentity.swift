/// Which file it is, whatever its name is now.
struct FileIdentity: Hashable {
    let device: UInt
    let number: UInt
}
