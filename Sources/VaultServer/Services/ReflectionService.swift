import NIOCore
import RPC
import VaultAPI

/// `grpc.reflection.v1.ServerReflection`, and `v1alpha`, which has the same messages: tells clients
/// such as grpcurl what can be called. In every state of the vault.
enum ReflectionService {
    static let routes: [Route] = [
        .stream(Methods.Reflection.serverReflectionInfo.path, ReflectionCall.init),
        .stream(Methods.ReflectionAlpha.serverReflectionInfo.path, ReflectionCall.init),
    ]

    /// nil when the request asks for nothing.
    static func answer(
        _ request: Grpc_Reflection_V1_ServerReflectionRequest
    ) -> Grpc_Reflection_V1_ServerReflectionResponse? {
        let descriptors = Descriptors.ofTheAPI
        var response = Grpc_Reflection_V1_ServerReflectionResponse()
        response.validHost = request.host
        response.originalRequest = request
        switch request.messageRequest {
        case .fileByFilename(let name):
            set(descriptors.file(named: name), missing: "file \(name)", in: &response)
        case .fileContainingSymbol(let symbol):
            set(descriptors.file(declaring: symbol), missing: "symbol \(symbol)", in: &response)
        case .fileContainingExtension(let wanted):
            let name = "extension \(wanted.extensionNumber) of \(wanted.containingType)"
            set(nil, missing: name, in: &response)
        case .allExtensionNumbersOfType(let type):
            set(nil, missing: "extension of \(type)", in: &response)
        case .listServices:
            response.listServicesResponse.service = descriptors.services.map { name in
                var service = Grpc_Reflection_V1_ServiceResponse()
                service.name = name
                return service
            }
        case nil: return nil
        }
        return response
    }

    private static func set(
        _ files: Grpc_Reflection_V1_FileDescriptorResponse?, missing: String,
        in response: inout Grpc_Reflection_V1_ServerReflectionResponse
    ) {
        if let files {
            response.fileDescriptorResponse = files
        } else {
            response.errorResponse.errorCode = Int32(StatusCode.notFound.rawValue)
            response.errorResponse.errorMessage = "vaultd: there is no \(missing)"
        }
    }
}

/// One client that asks.
final class ReflectionCall: StreamHandler {
    private let call: StreamCall

    init(call: StreamCall) {
        self.call = call
    }

    func received(_ message: ByteBuffer) {
        switch Answer.decoded(
            message, as: Grpc_Reflection_V1_ServerReflectionRequest.self)
        {
        case .failure(let status): call.finish(status)
        case .success(let request):
            guard let response = ReflectionService.answer(request) else {
                return call.finish(StatusTable.emptyReflectionRequest)
            }
            switch Answer.encoded(response) {
            case .failure(let status): call.finish(status)
            case .success(let buffer): call.send(buffer)
            }
            // Answers are larger than questions.
            if !call.isWritable { call.pauseReading() }
        }
    }

    func halfClosed() { call.finish(.ok) }

    func cancelled() {}

    func writable() { call.resumeReading() }

    func draining() { call.finish(StatusTable.stopping) }
}
