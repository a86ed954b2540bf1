@testable import Docker
import Fuzzing

/// The engine's framed output gives the same bytes however it is cut, and no more of them than came.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = FuzzInput(start, count).bytes
    let whole = taken(bytes, piece: max(1, bytes.count))
    for piece in [1, 5] {
        let cut = taken(bytes, piece: piece)
        require(cut.failed == whole.failed, "in pieces of \(piece) it fails: \(cut.failed), whole: \(whole.failed)")
        if !whole.failed { require(cut.output == whole.output && cut.error == whole.error, "in pieces of \(piece) it reads differently") }
    }
    require(whole.output.count + whole.error.count <= bytes.count, "more came out than went in")
    return 0
}

private func taken(_ bytes: [UInt8], piece: Int) -> (output: [UInt8], error: [UInt8], failed: Bool) {
    var frames = OutputFrames(isRaw: false)
    var (out, err): ([UInt8], [UInt8]) = ([], [])
    for start in stride(from: 0, to: bytes.count, by: piece) {
        do throws(DockerError) {
            for part in try frames.take(Array(bytes[start..<min(start + piece, bytes.count)])) {
                if part.source == .error { err += part.bytes } else { out += part.bytes }
            }
        } catch { return (out, err, true) }
    }
    return (out, err, false)
}
