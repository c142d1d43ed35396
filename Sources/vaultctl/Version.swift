/// The release that this program belongs to.
let vaultctlVersion = "0.1.0"
