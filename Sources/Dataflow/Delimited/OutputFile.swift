import Compression
import Glibc
import Platform

/// A file that appears whole or not at all: written under a temporary name beside its own, synced, renamed, the directory synced.
///
/// It can be continued from any `position` by another process, byte for byte; compressed ones too, since their frames are cut where so
/// many bytes went in, and what has no whole frame yet is part of the position. One owner.
public final class OutputFile {
    public let path: String
    public let temporary: String
    private let id: String
    /// What the file is written in; what is appended is UTF-8 all the same.
    public let encoding: TextEncoding
    private let encoder: TextEncoder?
    private let compressor: FrameCompressor?
    private var descriptor: Int32 = -1
    private var hash: ContentHash
    private let hashesSHA256: Bool
    private var isCommitted = false

    /// Written to the file.
    private var fileBytes: Int64 = 0
    /// On their way to the disk, or there.
    private var writtenBack: Int64 = 0

    /// Bytes at the room's start that are in the file's encoding already; those behind are UTF-8. All of them where the file is UTF-8.
    private var encoded = 0

    // Bytes that wait: `room[0 ..< used]`. Whoever formats writes behind them; see `reserve`. Unchecked: each access is over within its
    // statement, and checking them row by row cost a writer a twelfth of its time.
    @exclusivity(unchecked) private(set) var room: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked) var used = 0
    @exclusivity(unchecked) private(set) var capacity: Int

    /// Bytes that wait before they are written; of a compressed file the bytes of a frame. Both are measured: smaller frames cost
    /// compression, larger ones a larger checkpoint.
    static let bufferBytes = 256 << 10
    static let frameBytes = 512 << 10
    private static let writeBackBytes: Int64 = 8 << 20

    /// - Parameters:
    ///   - path: where it appears; `-` is standard output, which is neither atomic nor continued.
    ///   - id: of the run, so that two runs don't write to the same temporary file.
    ///   - encoding: of the file. A character that it lacks ends the writing: whoever writes asks before.
    ///   - sha256: `commit` also gives the file's SHA-256.
    public init(path: String, id: String, compression: CompressionFormat? = nil, encoding: TextEncoding = .utf8, sha256: Bool = false) throws(DelimitedError) {
        self.path = path
        self.id = id
        self.encoding = encoding
        encoder = TextEncoder(encoding)
        stream = path == Self.standardOutput ? STDOUT_FILENO : FileSource.descriptor(path)
        hashesSHA256 = sha256
        hash = try ContentHash(sha256: sha256)
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let directory = parts.dropLast().joined(separator: "/")
        let safe = String(decoding: id.utf8.map { Self.isPlain($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
        temporary = (parts.count > 1 ? directory + "/" : "") + ".\(parts.last ?? "").\(safe).partial"
        do throws(CompressionFailure) {
            compressor = if let compression { try FrameCompressor(compression) } else { nil }
        } catch { throw DelimitedError(.limit, path: path, "\(error)") }
        capacity = compressor == nil ? Self.bufferBytes : Self.frameBytes * 2
        room = .allocate(capacity: capacity + Self.slack)
    }

    deinit {
        room.deallocate()
        closeFile()
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// Bytes behind the capacity that may be written: short copies go in blocks.
    static let slack = 64

    static let standardOutput = "-"
    /// Written to directly, `-` or `/dev/fd/4`: neither atomic nor continued.
    private let stream: Int32?
    private var isStream: Bool { stream != nil }
    private var wasOpened = false

    /// Bytes written, those that wait included; uncompressed ones where nothing is compressed.
    public var bytesWritten: Int64 { fileBytes + (compressor == nil ? Int64(used) : 0) }

    // MARK: opening

    /// Begins an empty file, or goes on at a position: what was written behind it goes.
    public func open(at position: OutputPosition? = nil) throws(DelimitedError) {
        closeFile()
        hash = try ContentHash(sha256: hashesSHA256)
        (fileBytes, writtenBack, used, encoded, isCommitted) = (0, 0, 0, 0, false)
        if isStream {
            guard position == nil, !wasOpened else { throw DelimitedError(.options, path: path, "standard output can't be written a second time: start the run anew, or write to a file") }
            wasOpened = true
            descriptor = stream ?? -1
            signal(SIGPIPE, SIG_IGN)
            return
        }
        guard let position else {
            descriptor = Glibc.open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw refused("create its temporary file \(temporary)", "make the directory, and let this user write to it") }
            return
        }
        try reopen(position)
    }

    private func reopen(_ position: OutputPosition) throws(DelimitedError) {
        descriptor = Glibc.open(temporary, O_RDWR | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT, try isWhole(position) {
            isCommitted = true
            return
        }
        guard descriptor >= 0 else { throw refused("open its temporary file \(temporary)", "put it back, or start the run anew") }
        try hashPrefix(of: descriptor, position)
        guard ftruncate(descriptor, off_t(position.bytes)) == 0, lseek(descriptor, off_t(position.bytes), SEEK_SET) >= 0 else {
            throw refused("cut \(temporary) to the checkpoint", "check the disk, then resume")
        }
        fileBytes = position.bytes
        writtenBack = position.bytes
        reserve(position.waiting.count)
        position.waiting.withUnsafeBufferPointer { if let start = $0.baseAddress { room.update(from: start, count: $0.count) } }
        used = position.waiting.count
        encoded = used
    }

    /// The file stands under its own name, as the position and what waited then make it: an earlier process renamed it and then ended.
    private func isWhole(_ position: OutputPosition) throws(DelimitedError) -> Bool {
        let whole = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard whole >= 0 else { return false }
        defer { close(whole) }
        var info = stat()
        let rest = try packed(position.waiting)
        guard fstat(whole, &info) == 0, Int64(info.st_size) == position.bytes + Int64(rest.count) else { return false }
        try hashPrefix(of: whole, position)
        let found = ByteRoom(rest.count)
        let count = rest.isEmpty ? 0 : pread(whole, found.bytes.baseAddress, rest.count, off_t(position.bytes))
        guard count == rest.count, found[0, count].elementsEqual(rest) else { return false }
        hash.update(UnsafeRawBufferPointer(found[0, count]))
        fileBytes = position.bytes + Int64(count)
        return true
    }

    /// What these bytes are in the file, as its end.
    private func packed(_ bytes: [UInt8]) throws(DelimitedError) -> [UInt8] {
        guard let compressor else { return bytes }
        let room = ByteRoom(bytes.count)
        room.bytes.copyBytes(from: bytes)
        var result: [UInt8] = []
        var done = 0
        while done < bytes.count {
            let count = min(Self.frameBytes, bytes.count - done)
            do throws(CompressionFailure) {
                result += Array(try compressor.frame(of: UnsafeRawBufferPointer(room[done, done + count])))
            } catch { throw DelimitedError(.limit, path: path, "\(error)") }
            done += count
        }
        return result
    }

    private func hashPrefix(of file: Int32, _ position: OutputPosition) throws(DelimitedError) {
        let buffer = ByteRoom(256 << 10)
        var left = position.bytes
        while left > 0 {
            let count = pread(file, buffer.bytes.baseAddress, min(buffer.bytes.count, Int(clamping: left)), off_t(position.bytes - left))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            hash.update(UnsafeRawBufferPointer(buffer[0, count]))
            left -= Int64(count)
        }
        guard left == 0, hash.digest == position.hash else {
            throw DelimitedError(
                .changed, path: path, offset: position.bytes - left, "what an earlier part of this run wrote (\(temporary)) is no longer there as it was: start the run anew")
        }
    }

    // MARK: writing

    /// Makes room for so many more bytes behind `used`: `room[used ..< used + count]`, and `slack` more.
    func reserve(_ count: Int) {
        guard used + count > capacity else { return }
        capacity = max(used + count, capacity + capacity / 2)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + Self.slack)
        larger.update(from: room, count: used)
        room.deallocate()
        room = larger
    }

    /// As many bytes waiting are written by `flushIfFull`.
    var fullAt: Int { compressor == nil ? Self.bufferBytes - (16 << 10) : Self.frameBytes }

    /// Writes what waits when the buffer is full; call it between rows, or wherever a flush may fall.
    func flushIfFull() throws(DelimitedError) {
        if used >= fullAt { try flushFull() }
    }

    /// Writes what waits, as far as it may be written.
    func flushFull() throws(DelimitedError) {
        if compressor == nil { try writePlain() } else { try writeFrames() }
    }

    public func append(_ bytes: UnsafeRawBufferPointer) throws(DelimitedError) {
        if compressor == nil, encoder == nil, bytes.count >= Self.bufferBytes / 4 {
            try writePlain()
            return try write(bytes)
        }
        var done = 0
        while done < bytes.count {
            try flushIfFull()
            let count = min(bytes.count - done, max(capacity - used, 4096))
            reserve(count)
            if let start = bytes.baseAddress { UnsafeMutableRawPointer(room + used).copyMemory(from: start + done, byteCount: count) }
            used += count
            done += count
        }
    }

    public func append(_ text: String) throws(DelimitedError) {
        let bytes = Array(text.utf8)
        reserve(bytes.count)
        bytes.withUnsafeBufferPointer { if let start = $0.baseAddress { (room + used).update(from: start, count: $0.count) } }
        used += bytes.count
        try flushIfFull()
    }

    /// Bytes that wait in the file's encoding. What was appended since the last time is put into it; a character whose end is still to come
    /// stays behind.
    private func ready() throws(DelimitedError) -> Int {
        guard let encoder else { return used }
        guard encoded < used else { return encoded }
        let text = UnsafeBufferPointer(start: UnsafePointer(room) + encoded, count: used - encoded)
        let converted = ByteRoom(encoder.bound(text.count))
        guard let target = converted.bytes.bindMemory(to: UInt8.self).baseAddress else { return encoded }
        let (taken, written, stop) = encoder.encode(text, to: target)
        if case .lacking(let character) = stop {
            throw DelimitedError(
                .options, path: path, "\(encoding.rawValue) lacks the character U+\(String(character, radix: 16, uppercase: true)): write utf-8, or replace it in a step")
        }
        let rest = Array(text[taken...])
        reserve(max(0, encoded + written + rest.count - used))
        (room + encoded).update(from: target, count: written)
        encoded += written
        for (place, byte) in rest.enumerated() { room[encoded + place] = byte }
        used = encoded + rest.count
        return encoded
    }

    /// So many bytes at the room's start are on their way.
    private func dropWritten(_ count: Int) {
        if count > 0, count < used { room.update(from: room + count, count: used - count) }
        used -= count
        encoded = max(0, encoded - count)
    }

    private func writePlain() throws(DelimitedError) {
        let count = try ready()
        try write(UnsafeRawBufferPointer(start: room, count: count))
        dropWritten(count)
        // A huge row made it large.
        if used == 0, capacity > Self.bufferBytes * 4 { shrink(to: Self.bufferBytes) }
    }

    private func shrink(to bytes: Int) {
        room.deallocate()
        capacity = bytes
        room = .allocate(capacity: capacity + Self.slack)
    }

    /// Frames of exactly so many bytes each, whatever the rows and the checkpoints: a continued file has the same ones.
    private func writeFrames(all: Bool = false) throws(DelimitedError) {
        var done = 0
        let ready = try ready()
        while ready - done >= Self.frameBytes || (all && done < ready) {
            let count = min(Self.frameBytes, ready - done)
            try compressAndWrite(UnsafeRawBufferPointer(start: room + done, count: count))
            done += count
        }
        dropWritten(done)
        if used == 0, capacity > Self.frameBytes * 8 { shrink(to: Self.frameBytes * 2) }
    }

    private func compressAndWrite(_ bytes: UnsafeRawBufferPointer) throws(DelimitedError) {
        guard let compressor else { return }
        let frame: UnsafeRawBufferPointer
        do throws(CompressionFailure) {
            frame = try compressor.frame(of: bytes)
        } catch { throw DelimitedError(.limit, path: path, "\(error)") }
        try write(frame)
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(DelimitedError) {
        guard descriptor >= 0, let start = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, start + done, bytes.count - done)
            if count < 0 {
                if errno == EINTR { continue }
                throw refused("write to \(isStream ? "it" : temporary)", "free space or mend the disk, then resume the run")
            }
            done += count
        }
        hash.update(bytes)
        fileBytes += Int64(bytes.count)
        if !isStream, fileBytes - writtenBack >= Self.writeBackBytes {
            // Of pages that are still dirty this begins the writing, and no more: the last sync has little left to wait for (60 of 190 ms).
            posix_fadvise(descriptor, off_t(writtenBack), off_t(fileBytes - writtenBack), POSIX_FADV_DONTNEED)
            writtenBack = fileBytes
        }
    }

    // MARK: ends

    /// Makes everything so far survive a crash, and says where it ends.
    public func flush() throws(DelimitedError) -> OutputPosition {
        if isCommitted { return OutputPosition(bytes: fileBytes, hash: hash.digest ?? 0, waiting: []) }
        if compressor == nil { try writePlain() } else { try writeFrames() }
        if !isStream, fdatasync(descriptor) != 0 { throw refused("write \(temporary) to the disk", "check the disk, then resume the run") }
        return OutputPosition(bytes: fileBytes, hash: hash.digest ?? 0, waiting: Array(UnsafeBufferPointer(start: room, count: used)))
    }

    /// The file appears under its name. Again after a crash: it stays as it is.
    /// - Returns: its bytes and their hash.
    @discardableResult
    public func commit() throws(DelimitedError) -> ReaderPosition.Fingerprint {
        if !isCommitted {
            if compressor == nil { try writePlain() } else { try writeFrames(all: true) }
            if !isStream { try publish() }
            isCommitted = true
        }
        return ReaderPosition.Fingerprint(bytes: fileBytes, hash: hash.digest ?? 0, sha256: hash.finish())
    }

    private func publish() throws(DelimitedError) {
        guard fsync(descriptor) == 0 else { throw refused("write \(temporary) to the disk", "check the disk, then resume the run") }
        guard rename(temporary, path) == 0 else { throw refused("rename \(temporary)", "let this user write to the directory, then resume the run") }
        closeFile()
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let directory = parts.isEmpty ? "." : parts.count == 1 ? "/" + (parts.first ?? "") : parts.joined(separator: "/")
        let holder = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard holder >= 0 else { throw refused("open its directory", "check the disk, then resume the run") }
        defer { close(holder) }
        // Some file systems have nothing to sync for a directory, and say so.
        guard fsync(holder) == 0 || errno == EINVAL else { throw refused("write its directory to the disk", "check the disk, then resume the run") }
    }

    /// What was flushed appears under the file's name as a copy; the file itself stays hidden and can be continued. For uncompressed files.
    public func publishCopy() throws(DelimitedError) -> ReaderPosition.Fingerprint {
        let copy = try OutputFile(path: path, id: "copy.\(id)", sha256: hashesSHA256)
        try copy.open()
        let buffer = ByteRoom(256 << 10)
        var done: Int64 = 0
        while done < fileBytes {
            let count = pread(descriptor, buffer.bytes.baseAddress, min(buffer.bytes.count, Int(clamping: fileBytes - done)), off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw refused("read \(temporary)", "check the disk") }
            try copy.append(UnsafeRawBufferPointer(buffer[0, count]))
            done += Int64(count)
        }
        return try copy.commit()
    }

    /// Stops and keeps what was written.
    public func suspend() { closeFile() }

    /// Gives up: what was written goes.
    public func abort() {
        closeFile()
        if !isCommitted, !isStream { unlink(temporary) }
    }

    private func closeFile() {
        if descriptor >= 0, !isStream { close(descriptor) }
        descriptor = -1
    }

    private func refused(_ doing: String, _ fix: String) -> DelimitedError {
        let code = errno
        let category = isStream ? .denied : DelimitedError.Category(opening: code)
        return DelimitedError(
            category == .notFound ? .system : category, path: path, offset: fileBytes, "cannot \(doing): \(String(cString: strerror(code))); \(isStream ? "who reads it has gone: run the command again" : fix)")
    }
}
