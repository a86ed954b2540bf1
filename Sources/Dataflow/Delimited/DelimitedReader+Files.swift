import Glibc

/// From one input to the next, and back to where an earlier process stood.
extension DelimitedReader {
    func openFile() throws(DelimitedError) {
        let path = inputs[file]
        let input = try OpenedInput(path: path, options: options)
        opened = input
        ended = false
        skipsLine = false
        carried.clear()
        rowNumber = 1
        let start = try FileStart(input, path: path, options: options, bytes: min(batchBytes, 64 << 10))
        (offset, ended) = (start.offset, start.ended)
        start.rest.withUnsafeBufferPointer { carried.keep($0) }
        if let rowless = start.rowless {
            guard options.takesEmptyFiles || !options.dialect.header else {
                let what = if case .empty = rowless { "it has no text" } else { "it has only blank lines\(options.dialect.skipLines > 0 ? ", skipped lines" : "") and comments" }
                throw DelimitedError(
                    .empty, path: path,
                    "\(what), where a header with the columns' names is expected; look at what writes it, or set emptyFiles to Accept where such a file means that there are no rows")
            }
            notices.append(rowless)
        }
        try begin(names: start.names, path: path)
    }

    private func begin(names: [String]?, path: String) throws(DelimitedError) {
        // A file without any row has the columns of the others.
        let given = if let names { names } else { header.isEmpty ? try namesElsewhere() : header }
        let (names, repeated) = options.dialect.header ? ColumnNames.unique(given) : (given, [])
        if header.isEmpty { notices += repeated.map { .repeatedName(file: path, column: $0.column + 1, name: $0.name, takenAs: $0.takenAs) } }
        let check = HeaderCheck(options: options, path: path)
        try check.check(names, against: file > 0 && !header.isEmpty ? (header, inputs[0]) : nil)
        if header.isEmpty, let notice = check.notice(names) { notices.append(notice) }
        header = names
        splitter = RowSplitter(options: options, columns: names.count)
    }

    /// The columns of the first other file that has any: of the ones behind the current file, then of those before it.
    private func namesElsewhere() throws(DelimitedError) -> [String] {
        for path in Array(inputs[min(file + 1, inputs.count)...]) + Array(inputs[..<file]) {
            var info = stat()
            guard options.dialect.header, stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { continue }
            let other = try OpenedInput(path: path, options: options)
            if let names = try FileStart(other, path: path, options: options, bytes: min(batchBytes, 64 << 10)).names { return names }
        }
        return options.columns
    }

    func nextFile() throws(DelimitedError) {
        guard let opened else { return }
        // What follows the last row (nothing, as a rule) belongs to the file's hash as well.
        try drain(opened)
        if let fingerprint = opened.file.wholeFingerprint() { finished.append(fingerprint) }
        self.opened = nil
        file += 1
        offset = 0
        rowNumber = 1
        if file < inputs.count { try openFile() }
    }

    private func drain(_ opened: OpenedInput) throws(DelimitedError) {
        let room = ByteRoom(64 << 10)
        while try opened.file.read(into: room.bytes) > 0 {}
    }

    func resume(_ position: ReaderPosition) throws(DelimitedError) {
        guard position.file <= inputs.count, position.finished.count == min(position.file, inputs.count) else {
            throw DelimitedError(.changed, "the checkpoint is of other inputs: start the run anew")
        }
        guard position.file >= inputs.count || inputs[position.file] != FileSource.standardInput else {
            throw DelimitedError(.options, "standard input can't be read a second time: start the run anew, or give the input as a file")
        }
        // The header comes from the file's start, or the last file's when all are read.
        file = min(position.file, inputs.count - 1)
        if inputs[file] != FileSource.standardInput { try openFile() }
        opened = nil
        file = position.file
        finished = position.finished
        // A position at the very start means the first row behind the header.
        offset = max(position.offset, file < inputs.count && inputs[file] != FileSource.standardInput ? offset : 0)
        rowNumber = position.rowNumber
        ordinal = position.ordinal
        carried.clear()
        ended = false
        guard file < inputs.count else { return }
        let input = try OpenedInput(path: inputs[file], options: options, from: offset, expecting: position.fingerprint)
        opened = input
        offset = input.start
    }
}
