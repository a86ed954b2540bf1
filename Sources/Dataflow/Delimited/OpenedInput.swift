import Compression
import Rows

/// One input, opened: its decompressed, decoded bytes from a place on.
struct OpenedInput {
    let file: FileSource
    let text: any ByteSource
    /// Where `text` starts: bytes of the decompressed input.
    let start: Int64
    let width: InputOrigin.Width

    /// - Parameter offset: where to start, 0 or a row's start behind the byte order mark.
    init(
        path: String, options: ReaderOptions, from offset: Int64 = 0, expecting fingerprint: ReaderPosition.Fingerprint? = nil
    ) throws(DelimitedError) {
        file = try FileSource(path: path, expecting: fingerprint, sha256: options.hashesSHA256)
        var start = try Self.peek(file)
        var source: any ByteSource = file
        let format: CompressionFormat? =
            switch options.compression {
            case .none: nil
            case .gzip: .gzip
            case .zstd: .zstd
            case .automatic: CompressionFormat.of(start)
            }
        if let format {
            source = try DecompressedSource(file, start: start, format: format, path: path)
            start = try Self.peek(source)
        }
        let (encoding, mark) = Self.encoding(start, declared: options.encoding)
        let raw = StartedSource(source, start: start)
        let from = max(offset, Int64(mark))
        try Self.skip(from, of: raw, path: path)
        self.start = from
        switch encoding {
        case .utf8: (text, width) = (raw, .same)
        case .utf16, .utf16LittleEndian: (text, width) = (TranscodedSource(raw, .utf16(bigEndian: false)), .utf16)
        case .utf16BigEndian: (text, width) = (TranscodedSource(raw, .utf16(bigEndian: true)), .utf16)
        case .latin1: (text, width) = (TranscodedSource(raw, .latin1), .oneByte)
        case .windows1252: (text, width) = (TranscodedSource(raw, .windows1252), .oneByte)
        }
    }

    /// Reads on behind what the batch has, up to so many bytes in all. Returns how many came; 0: there are none left.
    func read(into batch: RowBatch, to target: Int) throws(DelimitedError) -> Int {
        // Decoders need room for a character.
        batch.reserve(bytes: max(target, batch.byteCount + 4))
        let room = UnsafeMutableRawBufferPointer(start: batch.bytes + batch.byteCount, count: batch.byteCapacity - batch.byteCount)
        let count = try text.read(into: UnsafeMutableRawBufferPointer(rebasing: room[..<min(room.count, max(target - batch.byteCount, 4))]))
        batch.byteCount += count
        return count
    }

    /// What the first bytes say outweighs what is declared; with how many bytes the mark has.
    static func encoding(_ start: [UInt8], declared: TextEncoding) -> (TextEncoding, markLength: Int) {
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if start.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
        if start.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
        return (declared, 0)
    }

    /// The first four bytes, or fewer when there are no more.
    private static func peek(_ source: any ByteSource) throws(DelimitedError) -> [UInt8] {
        let start = ByteRoom(4)
        var count = 0
        while count < 4 {
            let more = try source.read(into: start[count, 4])
            if more == 0 { break }
            count += more
        }
        return Array(start[0, count])
    }

    private static func skip(_ count: Int64, of source: any ByteSource, path: String) throws(DelimitedError) {
        var left = count
        let room = ByteRoom(count > 4 ? 256 << 10 : 4)
        while left > 0 {
            let more = try source.read(into: room[0, min(room.bytes.count, Int(clamping: left))])
            guard more > 0 else {
                throw DelimitedError(.changed, path: path, "it ends before byte \(count), where this run stood: it was cut; start the run anew, or put the file back")
            }
            left -= Int64(more)
        }
    }
}
