import Sodium

/// A set of shares in the making, with the secret that they give together.
struct NewShares: ~Copyable {
    let set: ShareSet
    let credential: Credential
    let texts: [ShareText]

    static func make(count: UInt8, threshold: UInt8) throws(SealError) -> NewShares {
        var id: UInt32 = 0
        withUnsafeMutableBytes(of: &id) { Random.fill($0) }
        let set = try ShareSet(id: id, threshold: threshold, count: count)
        let secret = try SealError.memory { () throws(SodiumError) in
            try SecretBytes.random(count: SecretSharing.secretCount)
        }
        let values = try SecretSharing.split(secret, into: set)
        var texts: [ShareText] = []
        for index in 1...count {
            let text = try values.withBytes { (values) throws(SealError) -> ShareText in
                let place = Int(index - 1) * SecretSharing.secretCount
                let share = try Share(
                    set: set, index: index, value: values.part(place, SecretSharing.secretCount))
                return try share.text()
            }
            texts.append(text)
        }
        return NewShares(set: set, credential: .shares(secret), texts: texts)
    }
}
