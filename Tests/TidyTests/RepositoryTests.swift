import Testing
import VaultTestSupport

/// What is true of the repository as a whole.
@Suite struct RepositoryTests {
    /// The tracked files, relative to the root.
    private let files: [String]

    init() throws {
        let git = try Program.run("git", ["-C", SourceTree.root, "ls-files"])
        try #require(git.status == .exit(0), "git ls-files failed: \(git)")
        files = git.outputText.split(separator: "\n").map(String.init).filter {
            Files.exists("\(SourceTree.root)/\($0)")
        }
        try #require(files.contains("Package.swift"))
    }

    @Test func noFileNamesTheMachineItWasWrittenOn() throws {
        // Spelled so that this file does not find itself.
        let places = ["work", "home"].map { "/" + $0 + "/" } + ["/opt/" + "swift"]
        for file in files {
            for (index, line) in try lines(of: file).enumerated() {
                for place in places where line.contains(place) {
                    Issue.record("\(file):\(index + 1) names \(place)")
                }
            }
        }
    }

    @Test func documentsNameFilesThatExist() throws {
        let roots = ["Sources/", "Tests/", "docs/", "proto/", "config/", "Benchmarks/", ".ci/"]
        for file in files where file.hasSuffix(".md") {
            let directory = file.split(separator: "/").dropLast().joined(separator: "/")
            for (index, line) in try lines(of: file).enumerated() {
                for path in line.pieces(between: "`", and: "`")
                where roots.contains(where: path.hasPrefix) && !path.isPattern {
                    let isThere = Files.exists("\(SourceTree.root)/\(path)")
                    #expect(isThere, "\(file):\(index + 1) names \(path), which does not exist")
                }
                for link in line.pieces(between: "](", and: ")")
                where !link.contains("://") && !link.hasPrefix("#") {
                    let path = link.prefix { $0 != "#" }
                    let isThere = Files.exists("\(SourceTree.root)/\(directory)/\(path)")
                    #expect(isThere, "\(file):\(index + 1) links to \(path), which does not exist")
                }
            }
        }
    }

    private func lines(of file: String) throws -> [String] {
        try Files.text("\(SourceTree.root)/\(file)")
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}

extension String {
    /// `["b", "d"]` of "a `b` c `d`".
    fileprivate func pieces(between open: String, and close: String) -> [String] {
        var pieces: [String] = []
        var rest = self[...]
        while let start = rest.firstRange(of: open) {
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: close) else { break }
            pieces.append(String(rest[..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return pieces
    }

    /// True of what names many files or none: `Sources/*/x`, `docs/<name>.md`.
    fileprivate var isPattern: Bool { contains { "*<>{}$ ".contains($0) } }
}
