import Glibc
import Testing
import VaultTestSupport

@testable import VaultSeal

@Suite struct DirectoryNamesTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func allNamesAreFoundHoweverManyThereAre() throws {
        // Several times what the kernel answers at once, hidden ones and a directory with them.
        let names = (0..<3_000).map { "a name that takes some room \($0)" } + [".hidden", "..."]
        for name in names { try Files.write("", to: directory.file(name)) }
        #expect(mkdir(directory.file("below"), 0o700) == 0)
        let expected = (names + ["below"]).sorted()
        #expect(try DirectoryNames.list(directory.path).sorted() == expected)
        #expect(DirectoryNames.readable(directory.path).sorted() == expected)
    }

    @Test func anEmptyDirectoryHasNoNames() throws {
        #expect(try DirectoryNames.list(directory.path) == [])
    }

    @Test func theBoundIsOnWhatIsWanted() throws {
        for number in 0..<20 {
            try Files.write("", to: directory.file("\(number % 2 == 0 ? "even" : "odd")\(number)"))
        }
        let odd = try DirectoryNames.list(directory.path, countMax: 7) { $0.hasPrefix("odd") }
        #expect(odd.count == 7 && odd.allSatisfy { $0.hasPrefix("odd") })
    }

    @Test func aDirectoryIsListedThroughItsDescriptorWhateverItIsCalled() throws {
        let (old, new) = (directory.file("old"), directory.file("new"))
        #expect(mkdir(old, 0o700) == 0)
        try Files.write("", to: old + "/file")
        let descriptor = open(old, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(descriptor) }
        #expect(rename(old, new) == 0)
        // Twice: the place in the directory is not the descriptor's own.
        for _ in 0..<2 { #expect(try DirectoryNames.list(".", at: descriptor) == ["file"]) }
    }

    @Test func whatIsNoDirectoryIsAnError() throws {
        try Files.write("", to: directory.file("file"))
        for (name, number) in [("missing", ENOENT), ("file", ENOTDIR)] {
            let failure = #expect(throws: DirectoryNames.Failure.self) {
                try DirectoryNames.list(directory.file(name))
            }
            #expect(failure?.errno == number)
            #expect(DirectoryNames.readable(directory.file(name)) == [])
        }
    }
}
