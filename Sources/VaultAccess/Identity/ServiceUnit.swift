/// The systemd service that a control group belongs to.
enum ServiceUnit {
    /// Reads the text of `/proc/PID/cgroup`; nil when the process is in no service, or the text is
    /// not as the kernel and systemd write it.
    ///
    /// Only what systemd itself named counts: slices, and then the first component that is none.
    /// Whatever is below a service or a scope is named by whoever runs there: a container whose
    /// scope holds a "web.service" is not the machine's web.service. (systemd reads its own paths
    /// so too: skip the slices, decode one name.)
    ///
    ///     0::/system.slice/web.service              ->  web.service
    ///     0::/system.slice/web.service/evil.service ->  web.service
    ///     0::/user.slice/user-1000.slice/user@1000.service/app.slice/a.service
    ///                                               ->  user@1000.service
    ///     0::/machine.slice/a.scope/evil.service    ->  nil
    ///     0::/../web.service                        ->  nil (outside our namespace)
    static func unitText(ofCgroupFile bytes: [UInt8]) -> String? {
        // The line of cgroup v2 has no controllers. On systems with both it has the same path.
        let lines = bytes.split(separator: UInt8(ascii: "\n")).filter {
            $0.starts(with: "0::".utf8)
        }
        guard lines.count == 1 else { return nil }
        let path = lines[0].dropFirst(3)
        guard path.first == UInt8(ascii: "/"),
            // Only the dead are in a group that was removed.
            !path.reversed().starts(with: " (deleted)".utf8.reversed())
        else { return nil }
        let names = path.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard names.allSatisfy(isName) else { return nil }
        return names.first { !isSlice($0) }.flatMap(unit)
    }

    /// The part of a path stands for itself.
    private static func isName(_ name: ArraySlice<UInt8>) -> Bool {
        (1...IdentityLimits.controlGroupNameBytesMax).contains(name.count)
            && !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8)
            && !name.contains(0)
    }

    private static func isSlice(_ name: ArraySlice<UInt8>) -> Bool {
        let suffix = ".slice".utf8
        return name.count > suffix.count && name.suffix(suffix.count).elementsEqual(suffix)
    }

    private static func unit(_ name: ArraySlice<UInt8>) -> String? {
        // systemd puts "_" before names that the kernel or itself could take for something else,
        // and before those that start with one. Escapes like \x2d are part of the unit's name.
        let text = String(
            decoding: name.first == UInt8(ascii: "_") ? name.dropFirst() : name, as: UTF8.self)
        return Principal.isUnitName(text) ? text : nil
    }
}
