/// Why a call did not do what was asked: what happened, what to do next, and a category to act on.
///
/// ```swift
/// do {
///     _ = try await vault.value(of: "db/password")
/// } catch {
///     if error.category == .sealed { /* an administrator has to unseal it; try later */ }
/// }
/// ```
public struct VaultClientError: Error, Hashable, Sendable {
    /// What kind of failure it is; the part a program decides on.
    public enum Category: Hashable, Sendable, CaseIterable {
        /// The vault is sealed: it has no keys until an administrator unseals it.
        case sealed
        /// The vault was never initialised, so there is nothing to open yet.
        case notInitialized
        /// The vault already is what was asked for: initialised, or unsealed.
        case alreadyDone
        /// The caller may not do this.
        case denied
        /// No vault answers at the socket, or the connection broke.
        case unreachable
        /// What the call names (a lease, a user) does not exist.
        case notFound
        /// The credential opens none of the vault's key slots.
        case wrongKey
        /// Stored bytes are not what was written.
        case damaged
        /// The vault's files have a format that this vaultd does not know.
        case unsupportedFormat
        /// The server does not have this method.
        case unsupportedMethod
        /// The revision was removed by compaction.
        case compacted
        /// The revision was not written yet.
        case futureRevision
        /// The storage quota is used up.
        case noSpace
        /// Too much is asked at once; the same call can succeed later.
        case overloaded
        /// The request itself is wrong, and will fail again as it is.
        case invalidRequest
        /// No answer in time. A write may or may not have happened.
        case timedOut
        /// The call was cancelled. A write may or may not have happened.
        case cancelled
        /// Anything else.
        case other
    }

    /// What kind of failure it is.
    public let category: Category
    /// The gRPC status code of the answer; nil when there was no answer.
    public let code: Int?
    /// What happened: lower case, no final period, never a secret.
    public let message: String
    /// What to do about it; empty when nothing general can be said.
    public let nextStep: String

    /// Describes a failure that no server answered.
    ///
    /// - Parameters:
    ///   - category: what kind of failure it is.
    ///   - message: what happened.
    ///   - nextStep: what to do about it.
    public init(_ category: Category, _ message: String, nextStep: String = "") {
        self.category = category
        self.code = nil
        self.message = message
        self.nextStep = nextStep
    }

    init(category: Category, code: Int, message: String, nextStep: String) {
        self.category = category
        self.code = code
        self.message = message
        self.nextStep = nextStep
    }
}

extension VaultClientError: CustomStringConvertible {
    /// What happened and what to do next, in one line.
    public var description: String {
        nextStep.isEmpty ? message : "\(message); \(nextStep)"
    }
}
