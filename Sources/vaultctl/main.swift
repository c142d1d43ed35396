import Glibc

ProcessSetup.apply()
let status = await Program.run(CommandLine.arguments.dropFirst())
exit(status.rawValue)
