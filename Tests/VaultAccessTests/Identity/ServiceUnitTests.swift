import Testing
import VaultTestSupport

@testable import VaultAccess

@Suite struct ServiceUnitTests {
    private static let longName = String(repeating: "a", count: 247) + ".service"

    @Test(
        arguments: [
            ("0::/system.slice/web.service\n", "web.service"),
            ("0::/web.service\n", "web.service"),
            ("0::/web.service", "web.service"),
            ("0::/a.slice/a-b.slice/a-b-c.slice/web@7.service\n", "web@7.service"),
            ("0::/system.slice/a\\x2db.service\n", "a\\x2db.service"),
            // Systems with both versions.
            ("4:memory:/x\n1:name=systemd:/old.service\n0::/web.service\n", "web.service"),
            // A user's manager is the user's own, and so is all below.
            (
                "0::/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service\n",
                "user@1000.service"
            ),
            // systemd's own escapes for names that could be taken for others.
            ("0::/system.slice/_cpu.service\n", "cpu.service"),
            ("0::/system.slice/__web.service\n", "_web.service"),
            ("0::/\(longName)\n", longName),
            // What is below a service is named by whoever runs in it.
            ("0::/system.slice/web.service/evil.service\n", "web.service"),
            ("0::/system.slice/web.service/a.slice/evil.service\n", "web.service"),
            ("0::/system.slice/web.service/0::/evil.service\n", "web.service"),
        ] as [(String, String)])
    func theServiceIsTheOneThatSystemdNamed(_ text: String, _ unit: String) {
        #expect(ServiceUnit.unitText(ofCgroupFile: Array(text.utf8)) == unit)
    }

    @Test(arguments: [
        "", "\n", "0::", "0::\n", "0::/", "0::/\n", "0:://\n", "0::system.slice/web.service\n",
        // Only v1, which anybody may have been given a directory of.
        "1:name=systemd:/system.slice/web.service\n", "2::/web.service\n", " 0::/web.service\n",
        // Two lines that could each be the one.
        "0::/a.service\n0::/b.service\n",
        // Outside our namespace, or not plain.
        "0::/../web.service\n", "0::/../../system.slice/web.service\n", "0::/./web.service\n",
        "0::/a.slice/../web.service\n", "0::/web.service/..\n", "0::/a.slice//web.service\n",
        "0::/a.slice/web.service/\n", "0::/web.service/../evil.service\n",
        // A container and a session name what they like in what is theirs.
        "0::/machine.slice/box.scope/web.service\n", "0::/lxc/1/system.slice/web.service\n",
        "0::/docker/0123/web.service\n", "0::/init.scope\n", "0::/web.socket\n",
        "0::/user.slice/user-1000.slice/session-2.scope/web.service\n",
        // Not names.
        "0::/.service\n", "0::/web .service\n", "0::/web.service \n", "0::/w\u{e9}b.service\n",
        "0::/*.service\n", "0::/web.service\u{0}\n", "0::/w\u{0}.slice/web.service\n",
        "0::/_.service\n", "0::/.slice/web.service\n", "0::/web.service (deleted)\n",
        "0::/web.service/x (deleted)\n", "0::/a\(longName)\n",
        "0::/web.service/\(String(repeating: "x", count: 256))\n",
    ])
    func whatSystemdWouldNotWriteGivesNoUnit(_ text: String) {
        #expect(ServiceUnit.unitText(ofCgroupFile: Array(text.utf8)) == nil)
    }

    @Test func bytesThatAreNoTextGiveNoUnit() {
        #expect(
            ServiceUnit.unitText(
                ofCgroupFile: Array("0::/w".utf8) + [0xff] + Array(".service".utf8)) == nil)
        #expect(ServiceUnit.unitText(ofCgroupFile: Array(repeating: 0xff, count: 16 << 10)) == nil)
    }

    @Test func noTextIsTooStrange() {
        for seed in TestSeed.seeds(20, for: "ServiceUnit") {
            var random = SeededRandom(seed: seed)
            for _ in 0..<500 {
                let parts = ["0::", "/", "a.slice", "web.service", "..", "\n", "_", "\u{0}", "x"]
                let text = (0..<random.next() % 12).map { _ in random.pick(parts) }.joined()
                let unit = ServiceUnit.unitText(ofCgroupFile: Array(text.utf8))
                #expect(
                    unit.map { Principal("unit:\($0)") != nil } ?? true, "seed \(seed): \(text)")
            }
        }
    }
}
