import VaultAccess

extension AccountNames {
    /// The numbers of the accounts that rules name. A name that cannot be looked up now is as one
    /// that does not exist: nobody has it, and it is looked up again soon.
    static func resolve(_ names: (users: [String], groups: [String])) -> ResolvedNames {
        let accounts = AccountNames()
        var resolved = ResolvedNames()
        for name in names.users {
            do throws(AccountNamesError) {
                resolved.userIDs[name] = try accounts.userID(named: name)
            } catch _ {}
        }
        for name in names.groups {
            do throws(AccountNamesError) {
                resolved.groupIDs[name] = try accounts.groupID(named: name)
            } catch _ {}
        }
        return resolved
    }
}
