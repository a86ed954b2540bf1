import CCurl

/// A request's body on its way to libcurl: pieces in, as many bytes out as it asks for.
///
/// `@unchecked Sendable`: touched on the loop's thread only, as its transfer.
final class UploadQueue: @unchecked Sendable {
    private var piece: [UInt8] = []
    private var offset = 0
    private(set) var isEnded = false
    /// Why the body can't be made whole.
    private(set) var failure: String?
    /// libcurl asked and there was nothing.
    private(set) var isPaused = false
    /// The feeder, while a piece is still being taken.
    var waitingFeeder: CheckedContinuation<Void, Never>?

    /// The transfer that it feeds, once it began and until it ends.
    weak var transfer: Transfer?
    private(set) var isOver = false

    /// The transfer ended: nothing more is wanted.
    func finish() {
        isOver = true
        wakeFeeder()
    }

    /// Only when the last piece was taken.
    func put(_ bytes: [UInt8]) {
        piece = bytes
        offset = 0
        isPaused = false
    }

    var isTaken: Bool { offset == piece.count }

    func end() {
        isEnded = true
        isPaused = false
    }

    /// The body can't be made whole: the transfer breaks off instead of looking finished.
    func fail(_ reason: String) {
        failure = reason
        isPaused = false
    }

    func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if failure != nil { return Int(CURL_READFUNC_ABORT) }
        guard !isTaken else {
            if isEnded { return 0 }
            isPaused = true
            return Int(CURL_READFUNC_PAUSE)
        }
        let count = min(buffer.count, piece.count - offset)
        piece.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + count)])) }
        offset += count
        if isTaken { wakeFeeder() }
        return count
    }

    func wakeFeeder() {
        waitingFeeder?.resume()
        waitingFeeder = nil
    }
}
