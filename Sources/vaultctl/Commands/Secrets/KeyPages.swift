import FoundationEssentials
import VaultAPI
import VaultClient

/// The keys of a range in pages, all as of the revision of the first page.
struct KeyPages {
    /// Bounds memory, and stays below what vaultd answers without leaving its event loop.
    static let keysPerPage: Int64 = 1000
    /// With values, of which each may have 1.5 MiB.
    static let valuesPerPage: Int64 = 64

    private var request = Etcdserverpb_RangeRequest()
    private let isOfThePast: Bool
    private var isFinished = false

    /// - Parameter revision: a past revision; nil for the current one.
    init(prefix: [UInt8], withValues: Bool = false, revision: Int64? = nil) {
        isOfThePast = revision != nil
        request.revision = revision ?? 0
        (request.key, request.rangeEnd) = KeyName.range(prefix: prefix)
        request.limit = withValues ? Self.valuesPerPage : Self.keysPerPage
        request.keysOnly = !withValues
    }

    /// The next page; nil after the last one. The first one may be empty.
    mutating func next(
        on vault: VaultConnection
    ) async throws -> Etcdserverpb_RangeResponse? {
        guard !isFinished else { return nil }
        let page: Etcdserverpb_RangeResponse
        do {
            page = try await vault.range(request)
        } catch {
            guard error.category == .compacted && request.revision > 0 && !isOfThePast else {
                throw RevisionArgument.failure(after: error, revision: request.revision)
            }
            throw CommandFailure(
                .failed, "revision \(request.revision) was compacted while it was listed",
                nextStep: "list again")
        }
        advance(past: page)
        return page
    }

    /// The revision that all pages are from; 0 before the first one.
    var revision: Int64 { request.revision }

    /// Asks for what follows the page.
    mutating func advance(past page: Etcdserverpb_RangeResponse) {
        if request.revision == 0 { request.revision = page.header.revision }
        guard page.more, let last = page.kvs.last else {
            isFinished = true
            return
        }
        // The smallest key after `last`.
        request.key = last.key + [0]
    }
}
