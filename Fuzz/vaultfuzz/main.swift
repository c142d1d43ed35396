import CFuzzer
import Glibc

// vaultfuzz [--list | --seeds DIRECTORY | options of libFuzzer...], with the name of a target in
// VAULT_FUZZ_TARGET: libFuzzer starts itself again, and knows nothing of more arguments.

if CommandLine.arguments.dropFirst() == ["--list"] {
    print(Targets.all.keys.filter { $0 != "canary" }.sorted().joined(separator: " "))
    exit(0)
}

guard let name = getenv("VAULT_FUZZ_TARGET").map({ String(cString: $0) }),
    let make = Targets.all[name]
else {
    print("VAULT_FUZZ_TARGET is none of: \(Targets.all.keys.sorted().joined(separator: " "))")
    exit(2)
}
fuzzer_make_random_repeatable()
let target = try make()
if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--seeds" {
    for (number, seed) in target.seeds.enumerated() {
        try ScratchDirectory.write(seed, to: "\(CommandLine.arguments[2])/seed-\(number)")
    }
    exit(0)
}
Targets.current = target
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
    LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
        Targets.current?.take(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
    })
