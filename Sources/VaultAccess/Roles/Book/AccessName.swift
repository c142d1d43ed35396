/// The name of a user or role, compared byte by byte.
///
/// Swift's strings are equal when they look the same ("é" has two spellings), and a name that only
/// looks like another must not have its rights.
struct AccessName: Hashable, Comparable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    /// etcd's name for the user and role that may do everything.
    static let root = AccessName("root")

    static func == (left: AccessName, right: AccessName) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    static func < (left: AccessName, right: AccessName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(text.utf8.count)
    }

    var byteCount: Int { text.utf8.count }

    /// The principal that a user of this name is; nil when it is just a name.
    var principal: Principal? { Principal(text) }

    /// Throws unless something new may be called so: at most `nameBytesMax` bytes, none of which
    /// would make a line of a list look like something else. The caller refuses the empty name.
    func check() throws(AccessError) {
        guard byteCount <= AccessLimits.nameBytesMax else {
            throw .nameTooLong(max: AccessLimits.nameBytesMax)
        }
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: throw .malformedName
            default: continue
            }
        }
    }

    /// Throws unless a user may be called so, with or without a password.
    func checkUser(hasPassword: Bool) throws(AccessError) {
        guard byteCount > 0 else { throw .userNameEmpty }
        try check()
        guard Principal.isReserved(text) else { return }
        switch principal {
        case nil: throw .malformedPrincipal
        case .userID(PeerIdentity.unmappedID), .groupID(PeerIdentity.unmappedID):
            throw .unmappedPrincipal
        default: break
        }
        if hasPassword { throw .principalWithPassword }
    }

    /// Throws unless a role may be called so.
    func checkRole() throws(AccessError) {
        guard byteCount > 0 else { throw .roleNameEmpty }
        try check()
    }
}
