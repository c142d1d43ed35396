/// Why somebody has to wait. RESOURCE_EXHAUSTED in gRPC.
public enum QuotaRefusal: Error, Hashable, Sendable {
    /// Too many requests a second. Trying again after this time makes sense; it is an estimate
    /// where others compete for the same surplus.
    case rate(retryAfter: Duration)
    /// As many at once as the caller's rule allows. Trying again makes sense when one has ended.
    case count(of: QuotaUse, max: Int)
}
