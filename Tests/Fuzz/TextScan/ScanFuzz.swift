import Fuzzing
import TextScan

/// Every variant of the scanner finds what the portable one finds, in one piece and in several.
///
/// The first byte chooses the length of the pieces, whether quotes mean something and whether backslashes do; the rest is text.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = FuzzInput(start, count).bytes
    guard let choice = bytes.first else { return 0 }
    let text = Array(bytes.dropFirst())
    let quote: UInt8? = choice & 1 == 0 ? UInt8(ascii: "\"") : nil
    let escape: UInt8? = choice & 8 == 0 ? nil : UInt8(ascii: "\\")
    let piece = [4096, 64, 65, 1][Int(choice >> 1 & 3)]
    let expected = scan(text, quote, escape, .portable, 4096)
    for variant in TextScanner.Variant.allCases where variant.isAvailable {
        let found = scan(text, quote, escape, variant, piece)
        require(found == expected, "\(variant) in pieces of \(piece) finds \(found), the portable one \(expected)")
    }
    for pair in zip(expected.positions, expected.positions.dropFirst()) { require(pair.0 < pair.1, "positions don't ascend") }
    require((expected.positions.last ?? -1) < text.count, "a position lies behind the text")
    return 0
}

private struct Found: Equatable {
    var positions: [Int] = []
    var stopped = 0
    var isInside = false
}

private func scan(_ text: [UInt8], _ quote: UInt8?, _ escape: UInt8?, _ variant: TextScanner.Variant, _ piece: Int) -> Found {
    var scanner = TextScanner(delimiter: UInt8(ascii: ","), quote: quote, escape: escape, variant: variant)
    var found = Found()
    let padded = UnsafeMutablePointer<UInt8>.allocate(capacity: text.count + 64)
    let positions = UnsafeMutablePointer<UInt32>.allocate(capacity: piece + TextScanner.slack)
    defer {
        padded.deallocate()
        positions.deallocate()
    }
    // What follows the text must not be taken for a part of it.
    padded.initialize(repeating: UInt8(ascii: ","), count: text.count + 64)
    for (at, byte) in text.enumerated() { padded[at] = byte }
    var at = 0
    while at < text.count {
        let to = min(at + piece, text.count)
        let count = scanner.scan(padded, from: at, to: to, positions: positions)
        found.positions += (0..<count).map { Int(positions[$0]) }
        at = scanner.stopped
        if at < to {
            // What it says of quotes is of the block before.
            found.stopped = at
            return found
        }
    }
    found.stopped = at
    found.isInside = scanner.isInsideQuotes
    return found
}
