import Testing
import VaultTestSupport

/// The rules of the house style that a program can check.
@Suite struct TidyTests {
    private let sources: [SourceFile]
    private let everything: [SourceFile]

    init() throws {
        let sources = try SourceFile.all(below: ["Sources"])
        self.sources = sources
        everything = try sources + SourceFile.all(below: ["Tests", "Fuzz"])
    }

    @Test func oneTargetImportsEachCLibrary() {
        let doors = ["CLMDB": "LMDB", "CSodium": "Sodium", "CNghttp2": "RPC"]
        for file in everything {
            for name in file.imports where doors[name] ?? file.target != file.target {
                Issue.record("\(file.path) imports \(name): only \(doors[name] ?? "") may")
            }
        }
    }

    @Test func targetsImportWhatTheDesignAllows() {
        for file in sources {
            guard let allowed = ImportTable.allowed[file.target] else {
                Issue.record("\(file.path): the target \(file.target) is not in the table")
                continue
            }
            for name in file.imports where !allowed.union(ImportTable.platform).contains(name) {
                Issue.record("\(file.path) imports \(name), which its target may not")
            }
        }
    }

    @Test func linesFilesAndFunctionsAreShort() {
        for file in everything {
            for (index, line) in file.lines.enumerated() where line.count > 100 {
                Issue.record("\(file.path):\(index + 1): \(line.count) columns, 100 at most")
            }
            #expect(file.lines.count <= 400, "\(file.path) has \(file.lines.count) lines")
            for function in file.functions where function.count > 70 {
                Issue.record(
                    "\(file.path):\(function.line): a function of \(function.count) lines")
            }
        }
    }

    @Test func bannedCallsAreAbsent() {
        for file in sources {
            // vaultctl is the one program that talks to people; the benchmark prints its table.
            let mayPrint = ["vaultctl", "vaultbench"].contains(file.target)
            let banned = ["try!", "try?", "as!", "fatalError("] + (mayPrint ? [] : [" print("])
            for call in banned {
                for line in file.lineNumbers(containing: call) {
                    Issue.record("\(file.path):\(line): \(call)")
                }
            }
        }
        // Spelled so that this file does not find itself.
        let reminders = ["TO" + "DO", "FIX" + "ME", "X" + "XX:"]
        for file in everything {
            for (index, line) in file.lines.enumerated() {
                for reminder in reminders where line.contains(reminder) {
                    Issue.record("\(file.path):\(index + 1): \(reminder)")
                }
            }
        }
    }

    /// What these headers declare belongs to the module that reads them first, and every file that
    /// uses it would have to import that one. A build from nothing says so, others do not.
    @Test func ourHeadersBringNoStructuresAlong() throws {
        let headers = try Files.allFiles(below: "\(SourceTree.root)/Sources")
            .filter { $0.hasSuffix(".h") }
        #expect(!headers.isEmpty)
        for path in headers {
            let text = try Files.text(path)
            for header in ["fcntl.h", "sys/stat.h"] where text.contains("\n#include <\(header)>") {
                Issue.record("\(path): \(header)")
            }
        }
    }

    @Test func whatTheCompilerCannotCheckIsExplained() {
        for file in sources {
            for mark in ["@unchecked Sendable", "nonisolated(unsafe)"] {
                for line in file.lineNumbers(containing: mark) {
                    // Just above the declaration, or first thing inside it.
                    let near = file.lines[max(0, line - 9)..<min(line + 2, file.lines.count)]
                    let isExplained = near.contains { $0.contains("SAFETY") }
                    #expect(isExplained, "\(file.path):\(line): \(mark) without a SAFETY sentence")
                }
            }
        }
    }

    /// Files of extensions or functions alone are named after what they add.
    @Test func filesAreNamedAfterTheirType() {
        for file in everything where file.baseName != "main" {
            let types = file.topLevelTypes
            let name = String(file.baseName.prefix { $0 != "+" })
            let isNamed = types.isEmpty || types.contains(name) || file.hasFreeFunctions
            #expect(isNamed, "\(file.path) declares \(types.joined(separator: ", "))")
        }
    }

    /// The checkers themselves, on code that breaks the rules.
    @Test func theCheckersSee() {
        let body = (1...75).map { "        line(\($0))" }.joined(separator: "\n")
        let file = SourceFile(
            path: "Sources/RPC/A.swift",
            text: """
                @testable import struct Sodium.Thing
                package import NIOCore
                struct A {
                    func long() {
                \(body)
                    }
                    let a = try! b()  // try? c()
                }
                """)
        #expect(file.imports == ["Sodium", "NIOCore"])
        #expect(file.functions.map(\.count) == [77])
        #expect(file.lineNumbers(containing: "try!") == [81])
        #expect(file.lineNumbers(containing: "try?").isEmpty)
        #expect(file.lineNumbers(containing: "ry!").isEmpty)
        #expect(file.topLevelTypes == ["A"])
        #expect(file.target == "RPC" && file.baseName == "A")
    }
}
