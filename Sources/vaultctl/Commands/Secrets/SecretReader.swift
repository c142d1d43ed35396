import FoundationEssentials
import VaultAPI
import VaultClient

/// Reads keys by their names, all of them as of one revision: the one that is asked for, or else
/// that of the first answer. Needs no right but to get each of them.
struct SecretReader {
    /// More than anybody types; keeps a wrong loop of a script from asking for ever.
    static let keysMax = 1_000

    private let vault: VaultConnection
    private let user: String?
    private let asked: Int64?
    /// 0 until there is an answer.
    private(set) var revision: Int64

    /// - Parameters:
    ///   - revision: a past revision; nil for the current one.
    ///   - user: who is logged in with a password, if anybody is.
    init(_ vault: VaultConnection, revision: Int64? = nil, user: String?) {
        self.vault = vault
        self.user = user
        self.asked = revision
        self.revision = revision ?? 0
    }

    /// A key with its value; nil when it does not exist at the revision.
    mutating func read(_ key: [UInt8], keysOnly: Bool = false) async throws -> Mvccpb_KeyValue? {
        var request = Etcdserverpb_RangeRequest()
        request.key = Data(key)
        request.revision = revision
        request.keysOnly = keysOnly
        do {
            let response = try await answer(to: request)
            if revision == 0 { revision = response.header.revision }
            return response.kvs.first
        } catch {
            let need = AccessNeed(action: .get, range: KeyRange(key: key))
            throw AccessNeed.explaining(error, needs: [need], user: user)
        }
    }

    private func answer(
        to request: Etcdserverpb_RangeRequest
    ) async throws -> Etcdserverpb_RangeResponse {
        do {
            return try await vault.range(request)
        } catch {
            guard error.category == .compacted else {
                throw RevisionArgument.failure(after: error, revision: request.revision)
            }
            guard asked != nil else {
                throw CommandFailure(
                    .failed, "revision \(request.revision) was compacted while it was read",
                    nextStep: "try again")
            }
            return try await retained(at: request.revision, [UInt8](request.key))
        }
    }

    /// What was current at a revision that was compacted, where retention has kept it.
    private func retained(
        at revision: Int64, _ name: [UInt8]
    ) async throws -> Etcdserverpb_RangeResponse {
        let history = try await vault.history(of: name)
        guard let entry = history.entries.first(where: { $0.revision <= revision }) else {
            throw RevisionArgument.compacted(revision, oldest: history.compactRevision)
        }
        var response = Etcdserverpb_RangeResponse()
        guard !entry.deleted else { return response }
        let version = try await vault.version(of: name, at: entry.revision)
        var found = Mvccpb_KeyValue()
        found.key = Data(name)
        found.value = version.value
        found.createRevision = version.createRevision
        found.modRevision = entry.revision
        found.version = version.version
        found.lease = version.lease
        response.kvs = [found]
        return response
    }
}
