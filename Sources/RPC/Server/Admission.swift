/// Whether a connection may be.
enum Admission {
    case admitted(ConnectionTicket)
    case refused(reason: String)
}
