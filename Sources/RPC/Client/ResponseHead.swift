/// What the header and trailer blocks of a response say.
struct ResponseHead {
    private(set) var httpStatus: Int?
    private(set) var isGRPC = false
    private(set) var grpcStatus: Int?
    private(set) var message = ""
    private(set) var encoding: String?
    private var byteCount = 0

    /// Takes a field; false when the blocks are too large.
    mutating func add(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, bytesMax: Int
    ) -> Bool {
        byteCount += name.count + value.count + 32
        guard byteCount <= bytesMax else { return false }
        if name.matches(":status") {
            httpStatus = Int(String(decoding: value, as: UTF8.self))
        } else if name.matches("content-type") {
            isGRPC = value.starts(with: "application/grpc".utf8)
        } else if name.matches("grpc-status") {
            grpcStatus = Int(String(decoding: value, as: UTF8.self))
        } else if name.matches("grpc-message") {
            message = PercentEncoding.decode(value)
        } else if name.matches("grpc-encoding") {
            encoding = String(decoding: value, as: UTF8.self)
        }
        return true
    }

    /// How the call ended, once the stream has. Without a gRPC status the HTTP status decides, by
    /// the table of https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md.
    var status: Status {
        if let grpcStatus {
            return Status(StatusCode(rawValue: grpcStatus), message)
        }
        guard let httpStatus else {
            return Status(.unavailable, "the server ended the call without an answer")
        }
        let code: StatusCode =
            switch httpStatus {
            case 400: .internal
            case 401: .unauthenticated
            case 403: .permissionDenied
            case 404: .unimplemented
            case 429, 502, 503, 504: .unavailable
            default: .unknown
            }
        return Status(code, "the server answered with HTTP status \(httpStatus), not with gRPC")
    }
}
