extension ScalarSet {
    /// The classes of POSIX, ASCII only, as RE2 has them.
    static func posix(_ name: String) -> ScalarSet? {
        switch name {
        case "alnum": ScalarSet(["0"..."9", "A"..."Z", "a"..."z"])
        case "alpha": ScalarSet(["A"..."Z", "a"..."z"])
        case "ascii": ScalarSet([0...0x7F])
        case "blank": ScalarSet([0x09...0x09, 0x20...0x20])
        case "cntrl": ScalarSet([0...0x1F, 0x7F...0x7F])
        case "digit": .digit
        case "graph": ScalarSet(["!"..."~"])
        case "lower": ScalarSet(["a"..."z"])
        case "print": ScalarSet([" "..."~"])
        case "punct": ScalarSet(["!"..."/", ":"..."@", "["..."`", "{"..."~"])
        case "space": ScalarSet([0x09...0x0D, 0x20...0x20])
        case "upper": ScalarSet(["A"..."Z"])
        case "word": .word
        case "xdigit": ScalarSet(["0"..."9", "A"..."F", "a"..."f"])
        default: nil
        }
    }
}

/// `\p{…}`: Unicode's general categories. Scripts are not known to Swift's standard library and are refused.
enum UnicodeCategories {
    static func set(named name: String) -> ScalarSet? {
        if name == "Any" { return .all }
        guard let wanted = categories(name) else { return nil }
        return ScalarSet(runs.filter { wanted.contains($0.category) }.map(\.span))
    }

    /// All of Unicode as runs of one category. Read once for the process, as that takes 50 ms: a pattern may name a category a thousand times.
    private static let runs: [(span: ScalarSet.Span, category: Unicode.GeneralCategory)] = {
        var runs: [(span: ScalarSet.Span, category: Unicode.GeneralCategory)] = []
        var start: UInt32 = 0
        var current = Unicode.Scalar(0).properties.generalCategory
        for value in 1...ScalarSet.last {
            // Surrogates are no scalars; they end what was before them and belong to nothing a text can hold.
            let category = Unicode.Scalar(value)?.properties.generalCategory ?? .surrogate
            if category == current { continue }
            runs.append((span: start...(value - 1), category: current))
            (start, current) = (value, category)
        }
        runs.append((span: start...ScalarSet.last, category: current))
        return runs.filter { $0.category != .surrogate }
    }()

    private static func categories(_ name: String) -> [Unicode.GeneralCategory]? {
        switch name {
        case "L": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter]
        case "Lu": [.uppercaseLetter]
        case "Ll": [.lowercaseLetter]
        case "Lt": [.titlecaseLetter]
        case "Lm": [.modifierLetter]
        case "Lo": [.otherLetter]
        case "M": [.nonspacingMark, .spacingMark, .enclosingMark]
        case "Mn": [.nonspacingMark]
        case "Mc": [.spacingMark]
        case "Me": [.enclosingMark]
        case "N": [.decimalNumber, .letterNumber, .otherNumber]
        case "Nd": [.decimalNumber]
        case "Nl": [.letterNumber]
        case "No": [.otherNumber]
        case "P":
            [.connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation]
        case "Pc": [.connectorPunctuation]
        case "Pd": [.dashPunctuation]
        case "Ps": [.openPunctuation]
        case "Pe": [.closePunctuation]
        case "Pi": [.initialPunctuation]
        case "Pf": [.finalPunctuation]
        case "Po": [.otherPunctuation]
        case "S": [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]
        case "Sm": [.mathSymbol]
        case "Sc": [.currencySymbol]
        case "Sk": [.modifierSymbol]
        case "So": [.otherSymbol]
        case "Z": [.spaceSeparator, .lineSeparator, .paragraphSeparator]
        case "Zs": [.spaceSeparator]
        case "Zl": [.lineSeparator]
        case "Zp": [.paragraphSeparator]
        case "C": [.control, .format, .surrogate, .privateUse]
        case "Cc": [.control]
        case "Cf": [.format]
        case "Co": [.privateUse]
        default: nil
        }
    }
}
