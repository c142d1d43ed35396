/// The parser's completion scripts, with what they lack; other text stays as it is.
enum CompletionScript {
    static func completed(_ text: String) -> String {
        FishCompletion.completed(ZshCompletion.completed(BashCompletion.completed(text)))
    }
}
