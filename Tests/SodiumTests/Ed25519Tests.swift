import Sodium
import Testing

/// The vectors of RFC 8032, section 7.1.
@Suite("Ed25519")
struct Ed25519Tests {
    struct Vector: Sendable {
        var seed, publicHalf, message, signature: String
    }

    static let vectors = [
        Vector(
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicHalf: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        Vector(
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicHalf: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da0"
                + "85ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        Vector(
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicHalf: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac1"
                + "8ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
        Vector(
            seed: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            publicHalf: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            message: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2"
                + "192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            signature: "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b5890"
                + "9351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"),
    ]

    init() throws { try Sodium.initialize() }

    @Test(arguments: vectors) func `The published vectors are reproduced`(
        _ vector: Vector
    ) throws {
        var seed = bytes(vector.seed)
        let message = bytes(vector.message)
        let signed = try Ed25519.sign(message, seed: try SecretBytes(wiping: &seed))
        #expect(signed.publicHalf == bytes(vector.publicHalf))
        #expect(signed.signature == bytes(vector.signature))
        #expect(Ed25519.verify(signed.signature, of: message, by: signed.publicHalf))
    }

    @Test func `Every flipped bit is refused`() {
        let vector = Self.vectors[2]
        let parts = [bytes(vector.signature), bytes(vector.message), bytes(vector.publicHalf)]
        for part in parts.indices {
            for bit in 0..<(parts[part].count * 8) {
                var changed = parts
                changed[part][bit / 8] ^= 1 << UInt8(bit % 8)
                let isGood = Ed25519.verify(changed[0], of: changed[1], by: changed[2])
                #expect(!isGood, "part \(part), bit \(bit)")
            }
        }
    }

    /// A second signature of the same message, which anybody could make of the first: S + L.
    @Test func `A signature cannot be varied`() {
        let order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        for vector in Self.vectors {
            var signature = bytes(vector.signature)
            var carry = 0
            for index in order.indices {
                carry += Int(signature[32 + index]) + Int(order[index])
                signature[32 + index] = UInt8(carry & 255)
                carry >>= 8
            }
            let publicHalf = bytes(vector.publicHalf)
            #expect(!Ed25519.verify(signature, of: bytes(vector.message), by: publicHalf))
        }
    }

    @Test func `Keys for which anything verifies, and wrong sizes, are refused`() {
        // A point of low order: with R the same and S zero, about every message would verify.
        var identity = [UInt8](repeating: 0, count: 32)
        identity[0] = 1
        let signature = identity + [UInt8](repeating: 0, count: 32)
        #expect(!Ed25519.verify(signature, of: [], by: identity))
        let vector = Self.vectors[0]
        let good = bytes(vector.signature)
        let publicHalf = bytes(vector.publicHalf)
        #expect(!Ed25519.verify(Array(good.dropLast()), of: [], by: publicHalf))
        #expect(!Ed25519.verify(good, of: [], by: publicHalf + [0]))
        #expect(!Ed25519.verify([], of: [], by: []))
    }
}
