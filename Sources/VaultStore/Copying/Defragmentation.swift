/// What a defragmentation gained.
public struct Defragmentation: Equatable, Sendable {
    public var bytesBefore: Int64
    public var bytesAfter: Int64
}
