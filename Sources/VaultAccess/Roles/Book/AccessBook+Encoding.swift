import VaultSeal

extension AccessBook {
    /// The format that `encode` writes, and the only one that is read.
    static let format: UInt8 = 1
    static let loginFlag: UInt8 = 1

    /// Bytes before the roles.
    private static let headBytes = 1 + 1 + 8 + 4 + 4

    /// The book as bytes ("Access book" in docs/formats.md). Equal books have equal bytes.
    public func encode() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encodedByteCount)
        bytes.append(Self.format)
        bytes.append(isPasswordLoginEnabled ? Self.loginFlag : 0)
        bytes.append(number: revision)
        bytes.append(number: UInt32(roles.count))
        bytes.append(number: UInt32(users.count))
        for role in roles { role.append(to: &bytes) }
        for user in users { user.append(to: &bytes) }
        return bytes
    }

    /// How many bytes `encode` makes.
    public var encodedByteCount: Int {
        let rolesCount = roles.reduce(0) { $0 + $1.encodedByteCount }
        return users.reduce(Self.headBytes + rolesCount) { $0 + $1.encodedByteCount }
    }
}

extension AccessRole {
    fileprivate var encodedByteCount: Int {
        permissions.reduce(2 + accessName.byteCount + 4) {
            $0 + 1 + 4 + $1.key.count + 4 + $1.rangeEnd.count
        }
    }

    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.append(name: accessName)
        bytes.append(number: UInt32(permissions.count))
        for permission in permissions {
            bytes.append(permission.kind.rawValue)
            for part in [permission.key, permission.rangeEnd] {
                bytes.append(number: UInt32(part.count))
                bytes.append(contentsOf: part)
            }
        }
    }
}

extension AccessUser {
    fileprivate var encodedByteCount: Int {
        let hashCount = passwordHash == nil ? 0 : PasswordHash.encodedByteCount
        return roleNames.reduce(2 + accessName.byteCount + 1 + hashCount + 2) {
            $0 + 2 + $1.byteCount
        }
    }

    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.append(name: accessName)
        bytes.append(passwordHash == nil ? 0 : 1)
        if let passwordHash {
            bytes.append(PasswordHash.algorithm)
            bytes.append(number: passwordHash.cost.operations)
            bytes.append(number: passwordHash.cost.memory)
            bytes.append(contentsOf: passwordHash.salt)
            bytes.append(contentsOf: passwordHash.digest)
        }
        bytes.append(number: UInt16(roleNames.count))
        for role in roleNames { bytes.append(name: role) }
    }
}

extension [UInt8] {
    fileprivate mutating func append<Number: FixedWidthInteger>(number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    fileprivate mutating func append(name: AccessName) {
        append(number: UInt16(name.byteCount))
        append(contentsOf: name.text.utf8)
    }
}
