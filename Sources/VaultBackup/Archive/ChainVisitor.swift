/// Who is told what a chain of archives amounts to, in order.
protocol ChainVisitor: AnyObject {
    func record(
        _ place: ArchivePlace, _ payload: UnsafeRawBufferPointer
    ) throws(BackupError)
    func lease(id: Int64, _ payload: UnsafeRawBufferPointer) throws(BackupError)
    func access(_ payload: UnsafeRawBufferPointer) throws(BackupError)
}
