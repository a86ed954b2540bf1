/// The names a header gives, made such that each stands for one column.
///
/// The first column of a name keeps it; the second becomes `name_2`, the third `name_3`. A number is passed over when the header has that
/// name already, before or behind: `a,a,a_2` is read as `a`, `a_3`, `a_2`. Names that don't repeat are never changed.
enum ColumnNames {
    struct Repeated: Equatable {
        var column: Int
        var name: String
        var takenAs: String
    }

    static func unique(_ names: [String]) -> (names: [String], repeated: [Repeated]) {
        var taken = Set(names)
        guard taken.count < names.count else { return (names, []) }
        var seen: Set<String> = []
        // The number to try next, so that a thousand columns of one name aren't counted up a thousand times.
        var numbers: [String: Int] = [:]
        var result: [String] = []
        var repeated: [Repeated] = []
        for (column, name) in names.enumerated() {
            if seen.insert(name).inserted {
                result.append(name)
                continue
            }
            var number = numbers[name] ?? 2
            while !taken.insert("\(name)_\(number)").inserted { number += 1 }
            numbers[name] = number + 1
            result.append("\(name)_\(number)")
            repeated.append(Repeated(column: column, name: name, takenAs: "\(name)_\(number)"))
        }
        return (result, repeated)
    }
}
