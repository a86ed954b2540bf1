import Kernel
import Testing

/// Go's `%q`, checked against what Go prints.
@Suite struct GoQuoteTests {
    @Test(arguments: [
        ("", #""""#), ("plain ~text", #""plain ~text""#), (#"a "b" \c"#, #""a \"b\" \\c""#), ("\u{07}\u{08}\u{09}\u{0A}\u{0B}\u{0C}\u{0D}", #""\a\b\t\n\v\f\r""#),
        ("\u{00}\u{1F}\u{7F}", #""\x00\x1f\x7f""#), ("é日😀", #""é日😀""#), ("\u{A0}\u{200B}\u{2028}\u{FEFF}", #""\u00a0\u200b\u2028\ufeff""#), ("\u{E0001}", #""\U000e0001""#),
    ]) func quotesAsGo(text: String, quoted: String) { #expect(GoQuote.quote(text) == quoted) }
}
