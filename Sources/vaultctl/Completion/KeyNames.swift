import FoundationEssentials
import VaultAPI
import VaultClient

/// The names that a typed beginning of a key can go on with.
struct KeyNames {
    /// What a shell shows at once, and asks before.
    static let countMax = 200
    /// How often a vault is asked for more, while somebody waits.
    private static let pagesMax = 32
    private static let slash = UInt8(ascii: "/")

    let vault: VaultConnection
    let beginning: [UInt8]

    /// All that the caller may list; of what it may not, what its rights name.
    func offered() async throws -> [[UInt8]] {
        let range = KeyRange(prefix: beginning)
        do throws(VaultClientError) {
            return try await names(in: range)
        } catch {
            guard CommandFailure(error).status == .denied else { throw error }
        }
        var offered: [[UInt8]] = []
        for permission in try await permissions() {
            guard let shared = permission.overlap(with: range) else { continue }
            guard !shared.end.isEmpty else {
                offered.append(shared.key)
                continue
            }
            do throws(VaultClientError) {
                offered += try await names(in: shared)
            } catch {
                // May be written to or got from, and not listed: as far as the right names it.
                guard CommandFailure(error).status == .denied else { throw error }
                if permission.isPrefix { offered.append(shared.key) }
            }
        }
        return Self.unique(offered.sorted { $0.lexicographicallyPrecedes($1) })
    }

    /// What the caller's own roles say.
    private func permissions() async throws(VaultClientError) -> [KeyRange] {
        var ranges: [KeyRange] = []
        for role in try await vault.whoAmI().roles {
            ranges += try await vault.roleGet(role).map { KeyRange(key: $0.key, end: $0.rangeEnd) }
        }
        return ranges
    }

    /// Whole names, and where they are too many the next part of each, as of paths:
    ///
    ///     app/a app/b ... app/z db/x  ->  app/ db/x
    private func names(in range: KeyRange) async throws(VaultClientError) -> [[UInt8]] {
        var page = try await keys(in: range)
        guard page.more else { return page.keys }
        var names: [[UInt8]] = []
        for _ in 0..<Self.pagesMax {
            guard let last = page.keys.last else { break }
            names = Self.unique(names + page.keys.map(part))
            guard page.more, names.count < Self.countMax else { break }
            let isWhole = part(last) == last
            let next = isWhole ? last + [0] : KeyRange(prefix: part(last)).end
            page = try await keys(in: KeyRange(key: next, end: range.end))
        }
        // A shell types at once what all names begin with: the first and the last one decide that.
        if page.more { names += try await keys(in: range, isLast: true).keys.map(part) }
        return Self.unique(names)
    }

    private func part(_ name: [UInt8]) -> [UInt8] {
        guard let slash = name.dropFirst(beginning.count).firstIndex(of: Self.slash) else {
            return name
        }
        return Array(name[...slash])
    }

    private func keys(
        in range: KeyRange, isLast: Bool = false
    ) async throws(VaultClientError) -> (keys: [[UInt8]], more: Bool) {
        var request = Etcdserverpb_RangeRequest()
        request.key = Data(range.key)
        request.rangeEnd = Data(range.end)
        request.limit = isLast ? 1 : Int64(Self.countMax)
        if isLast { (request.sortTarget, request.sortOrder) = (.key, .descend) }
        request.keysOnly = true
        let response = try await vault.range(request)
        return (response.kvs.map { [UInt8]($0.key) }, response.more)
    }

    /// Without neighbours that are the same.
    private static func unique(_ names: [[UInt8]]) -> [[UInt8]] {
        names.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
}
