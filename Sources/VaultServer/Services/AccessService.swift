import NIOCore
import RPC
import VaultAPI
import VaultAccess
import VaultStore

/// `vault.v1.Access`: rules by principal.
final class AccessService: Sendable {
    private let vault: Vault
    private let reads: LongReads

    init(vault: Vault, reads: LongReads) {
        self.vault = vault
        self.reads = reads
    }

    var routes: [Route] {
        [
            .unary(Methods.Access.whoAmI.path) { self.whoAmI($0, $1) },
            .unary(Methods.Access.allow.path) { self.allow($0, $1) },
            .unary(Methods.Access.deny.path) { self.deny($0, $1) },
            .unary(Methods.Access.explain.path) { self.explain($0, $1) },
        ]
    }

    /// Looks names up, which may block.
    private func whoAmI(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(message, as: Vault_V1_WhoAmIRequest.self) {
            return .failure(status)
        }
        let identity = call.record.identity
        let unit = (call.identification as? PeerSession)?.peer.unit(now: SteadyClock.now())
        let isAccepted = reads.submit(user: call.peer.userID) {
            var response = Vault_V1_WhoAmIResponse()
            do throws(AccountNamesError) {
                response.principals = try AccountNames()
                    .principals(of: identity.peer, unit: unit).map(\.description)
            } catch {
                call.finish(
                    Status(
                        .unavailable, "vaultd: names cannot be looked up now: \(error); try again"))
                return true
            }
            response.account = identity.account ?? ""
            response.users = identity.rights.users
            response.roles = identity.rights.roles
            response.administrator = identity.rights.isAdministrator
            response.pid = identity.peer.processID
            call.finish(Answer.encoded(response))
            return true
        }
        return isAccepted ? .later : .failure(StatusTable.tooManyRequests)
    }

    private static func rule(
        _ principal: String, _ action: Vault_V1_Action, _ key: [UInt8], _ rangeEnd: [UInt8]
    ) throws(AccessError) -> (Principal, Permission) {
        guard let principal = Principal(principal) else { throw .malformedPrincipal }
        guard let action = AccessAction(action) else { throw .permissionNotGiven }
        return (principal, try Permission(action.kind, key: key, rangeEnd: rangeEnd))
    }

    private func allow(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Vault_V1_AllowRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            do throws(AccessError) {
                let (principal, permission) = try Self.rule(
                    request.principal, request.action, Array(request.key),
                    Array(request.rangeEnd))
                return vault.change(.allow(principal, permission), for: call) { outcome, _ in
                    var response = Vault_V1_AllowResponse()
                    response.changed = outcome.isChanged
                    response.authRevision = outcome.book.revision
                    return Answer.encoded(response)
                }
            } catch {
                return .failure(StatusTable.status(of: error))
            }
        }
    }

    private func deny(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Vault_V1_DenyRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            do throws(AccessError) {
                let (principal, permission) = try Self.rule(
                    request.principal, request.action, Array(request.key),
                    Array(request.rangeEnd))
                let access = vault.access
                return vault.change(.deny(principal, permission), for: call) { outcome, _ in
                    var response = Vault_V1_DenyResponse()
                    response.stillAllowed = access.isAllowed(
                        principal, permission.kind, permission.span)
                    response.authRevision = outcome.book.revision
                    return Answer.encoded(response)
                }
            } catch {
                return .failure(StatusTable.status(of: error))
            }
        }
    }

    private func explain(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Vault_V1_ExplainRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            let record = call.record
            guard request.principals.isEmpty || record.rights.isAdministrator else {
                return record.refuse()
            }
            do throws(VaultError) { _ = try vault.open() } catch {
                return .failure(StatusTable.status(of: error))
            }
            guard let action = AccessAction(request.action),
                let span = KeySpan(key: Array(request.key), rangeEnd: Array(request.rangeEnd))
            else { return .failure(StatusTable.badExplanation) }
            record.names(KeyRange(key: Array(request.key), rangeEnd: Array(request.rangeEnd)))
            let known = request.principals.filter { vault.access.book?.user(named: $0) != nil }
            record.target = known.isEmpty ? nil : known.joined(separator: " ")
            return explain(request.principals, record.identity, action, span, call)
        }
    }

    /// Looks names up, which may block.
    private func explain(
        _ principals: [String], _ caller: CallerIdentity, _ action: AccessAction, _ span: KeySpan,
        _ call: UnaryCall
    ) -> UnaryAnswer {
        let access = vault.access
        let isAccepted = reads.submit(user: call.peer.userID) {
            do throws(Status) {
                let subject =
                    try principals.isEmpty
                    ? caller.subject : SubjectText.subject(principals)
                let explanation = access.explain(subject, action, span)
                call.finish(ResponseEncoding.explanation(explanation))
            } catch {
                call.finish(error)
            }
            return true
        }
        return isAccepted ? .later : .failure(StatusTable.tooManyRequests)
    }
}

extension AccessControl {
    /// Whether anything of the span is still allowed to whoever has that principal alone.
    func isAllowed(_ principal: Principal, _ kind: PermissionKind, _ span: KeySpan) -> Bool {
        let subject: Subject
        do throws(Status) { subject = try SubjectText.subject([principal.description]) } catch _ {
            return false
        }
        let rights = rights(of: subject)
        return AccessAction.allCases.contains { kind.includes($0) && rights.may($0, span) }
    }
}
