import VaultAccess
import VaultSeal
import VaultStore

/// Whether a store is as new as what is kept beside it says.
enum Freshness {
    /// What is older than it was; empty when nothing is.
    static func damage(
        of moment: StoreMoment, keyring: OpenedKeyring, log: AuditLog?,
        anchor: AnchorFile?
    ) throws(StoreError) -> [Damage] {
        let generation: UInt64
        do throws(SealError) { generation = try keyring.live.generation() } catch {
            throw .closed
        }
        var audited: Int64?
        var damage: [Damage] = []
        do throws(AuditError) { audited = try log?.newestRevision(keyring.auditKeys) } catch {
            // What it would say may be what somebody does not want to be known.
            damage = [Damage(.changed, "the audit log cannot be read: \(error)")]
        }
        let now = Self.anchor(moment, keyring.cipher.timeline, generation: generation)
        damage += judge(now, noted: moment.keyringGeneration, auditedRevision: audited)
        do throws(SealError) {
            let kept = try anchor?.read(key: keyring.stateHashKey)
            return damage + judge(now, anchor: kept)
        } catch {
            // Somebody relies on it: what cannot be read is no reason to do without.
            return damage + [Damage(.changed, "the anchor file cannot be used: \(error)")]
        }
    }

    static func anchor(
        _ moment: StoreMoment, _ timeline: Timeline, generation: UInt64
    ) -> Anchor {
        Anchor(
            timeline: timeline.number, revision: moment.revision.rawValue,
            keyringGeneration: generation, accessNumber: moment.accessNumber)
    }

    /// What the audit log and the store say of each other and of the keyring.
    static func judge(
        _ now: Anchor, noted: UInt64, auditedRevision: Int64?
    ) -> [Damage] {
        var damage: [Damage] = []
        if let auditedRevision, auditedRevision > now.revision {
            damage.append(
                Damage(
                    .rolledBack,
                    "the store is at revision \(now.revision), the audit log has seen"
                        + " \(auditedRevision)"))
        }
        if noted > now.keyringGeneration {
            damage.append(
                Damage(
                    .rolledBack,
                    "the keyring is number \(now.keyringGeneration), the store has seen"
                        + " \(noted)"))
        }
        return damage
    }

    /// What the anchor says of both. A restore begins a timeline, and what the anchor knows of an
    /// older one was given up with it.
    static func judge(_ now: Anchor, anchor: Anchor?) -> [Damage] {
        guard let anchor, anchor.timeline >= now.timeline else { return [] }
        func older<Number: Comparable>(_ what: String, _ now: Number, _ kept: Number) -> [Damage] {
            now < kept
                ? [Damage(.rolledBack, "\(what) \(now), the anchor file has seen \(kept)")] : []
        }
        guard anchor.timeline == now.timeline else {
            return older("the vault is in timeline", now.timeline, anchor.timeline)
        }
        return older("the store is at revision", now.revision, anchor.revision)
            + older("the keyring is number", now.keyringGeneration, anchor.keyringGeneration)
            + older("the rules of access are number", now.accessNumber, anchor.accessNumber)
    }
}
