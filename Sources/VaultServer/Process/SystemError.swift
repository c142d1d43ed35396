import SystemPackage

/// The operating system's words for an error number, first letter lower case.
func systemErrorText(_ number: Int32) -> String {
    let text = Errno(rawValue: number).description
    return text.prefix(1).lowercased() + text.dropFirst()
}
