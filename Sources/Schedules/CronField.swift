/// One field of a cron expression.
struct CronField {
    let name: String
    let range: ClosedRange<Int>
    let words: [String]

    static let minute = CronField(name: "minute", range: 0...59, words: [])
    static let hour = CronField(name: "hour", range: 0...23, words: [])
    static let dayOfMonth = CronField(name: "day of month", range: 1...31, words: [])
    static let month = CronField(
        name: "month", range: 1...12, words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
    static let dayOfWeek = CronField(name: "day of week", range: 0...7, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])

    /// `*`, `5`, `1-5`, `*/15`, `10-50/20`, lists of these. - Returns: bit n for value n.
    func bits(of text: String) throws(ScheduleError) -> UInt64 {
        var bits: UInt64 = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "/", omittingEmptySubsequences: false)
            guard (1...2).contains(halves.count) else { throw wrong(part) }
            var step = 1
            if halves.count == 2 {
                guard let number = Int(halves[1]), number > 0, number <= 1000, halves[1].allSatisfy(\.isNumber) else { throw wrong(part) }
                step = number
            }
            let bounds = try bounds(halves[0], hasStep: halves.count == 2)
            for value in stride(from: bounds.lowerBound, through: bounds.upperBound, by: step) { bits |= 1 << UInt64(value) }
        }
        return bits
    }

    private func bounds(_ text: Substring, hasStep: Bool) throws(ScheduleError) -> ClosedRange<Int> {
        // Seven is Sunday once more: a star doesn't need it.
        let all = range.lowerBound...(words.count == 7 ? 6 : range.upperBound)
        if text == "*" || text == "?" { return all }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(ends.count) else { throw wrong(text) }
        let low = try value(ends[0])
        let high = ends.count == 2 ? try value(ends[1]) : hasStep ? all.upperBound : low
        guard low <= high else { throw ScheduleError("\(name): '\(text)' ends before it begins; write \(high)-\(low), or two ranges with a comma") }
        return low...high
    }

    private func value(_ text: Substring) throws(ScheduleError) -> Int {
        if let index = words.firstIndex(of: text.lowercased()) { return index + (range.lowerBound == 1 ? 1 : 0) }
        guard !text.isEmpty, text.count <= 2, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number) else { throw wrong(text) }
        return number
    }

    private func wrong(_ text: Substring) -> ScheduleError {
        ScheduleError(
            "\(name): '\(text)' must be a number from \(range.lowerBound) to \(range.upperBound)\(words.isEmpty ? "" : ", a name as \(words[1])"), a range 1-5, * or a step */5")
    }
}
