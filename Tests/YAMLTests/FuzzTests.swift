import Kernel
import TestSupport
import Testing
import YAML

/// Whatever comes in, an answer comes out: a value that survives writing, or an error with a place.
@Suite struct FuzzTests {
    private static let seedTexts = [
        "a: &x {b: [1, 2.5, ~, yes]}\nc: *x\nd: |\n  text\n  more\n<<: {e: 'q', f: \"\\u263a\"}\n", "- - a\n  - ? b\n    : c\n- {d: e, 'f': !!int \"3\"}\n--- \nx\n...\n",
        #"{"a":{"b":["\ud83d\ude00",1e5,null,true]}}"#,
    ]

    @Test(arguments: 0..<40) func mutatedTextsNeverTrap(_ seed: Int) {
        var random = Seeded(UInt64(seed) &+ 77)
        let pieces: [[UInt8]] = ["{", "}", "[", "]", ":", "- ", "\n", "  ", "&x ", "*x", "!!", "|", ">", "'", "\"", "#", "?", "%", "\t", "---\n"].map { Array($0.utf8) } + [[0xFF], [0], [0xC3], [0xEF, 0xBB, 0xBF]]
        for _ in 0..<50 {
            var bytes = Array(Self.seedTexts[Int.random(in: 0..<3, using: &random)].utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
                case 1: if at < bytes.count { bytes.remove(at: at) }
                default: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 0...8, using: &random)))
                }
            }
            do throws(YAMLError) {
                for document in try YAML.parse(bytes) {
                    let written = YAML.write(document)
                    let again = try YAML.parse(written)
                    #expect(again == [document], "seed \(seed): \(bytes) became \(written)")
                }
            } catch {
                #expect(error.line >= 1 && error.column >= 1 && !error.message.isEmpty, "seed \(seed): \(bytes)")
            }
        }
    }
}
