/// What Kubernetes' libraries, optionals and macros of two variables bring.
extension ExpressionGenerator {
    mutating func kubernetesLeaf(_ kind: Kind) -> String {
        switch kind {
        case .texts: return "{'a': \(Self.quoted(text())), 'b': \(Self.quoted(text()))}"
        case .items: return "[{'name': \(Self.quoted(text())), 'unit': 'x'}]"
        case .optionalInt: return below(3) == 0 ? "optional.none()" : "optional.of(\(leaf(.int)))"
        case .optionalString: return below(3) == 0 ? "optional.none()" : "optional.of(\(leaf(.string)))"
        case .dynamic: return "dyn(\(leaf(pick([.int, .string, .double, .bool, .ints]))))"
        case .address: return "ip(\(Self.quoted(pick(RandomText.addresses))))"
        case .network: return "cidr(\(Self.quoted(pick(RandomText.networks))))"
        case .url: return "url(\(Self.quoted(pick(RandomText.urls))))"
        case .amount: return "quantity(\(Self.quoted(pick(RandomText.amounts))))"
        case .version: return "semver(\(Self.quoted(pick(RandomText.versions))))"
        default: return leaf(kind)
        }
    }

    /// - Returns: nil for a kind that only the language itself makes.
    mutating func kubernetes(_ kind: Kind, depth: Int) -> String? {
        switch kind {
        case .int: return integer(depth)
        case .double:
            switch below(4) {
            case 0: return make(.amount, depth: depth) + ".asApproximateFloat()"
            case 1: return "double(\(make(.string, depth: depth)))"
            case 2: return "(\(make(.double, depth: depth)) / \(make(.double, depth: depth)))"
            default: return "[\(leaf(.double)), \(leaf(.double))].\(pick(["max", "min", "sum"]))()"
            }
        case .bool: return condition(depth)
        case .string: return words(depth)
        case .bytes: return nil
        case .ints:
            switch below(9) {
            case 0: return make(.ints, depth: depth) + pick([".distinct()", ".reverse()", ".sort()", ".slice(0, 1)", ".slice(1, 3)"])
            case 1: return "lists.range(\(pick(["0", "3", "-1", "\(leaf(.int)) % 9"])))"
            case 2: return "[\(make(.ints, depth: depth)), \(make(.ints, depth: depth))].flatten()"
            case 3: return macro(make(.map, depth: depth), [.string, .int], "transformList") { $0.make(.int, depth: depth) }
            case 4: return macro(make(.ints, depth: depth), [.int, .int], "transformList") { $0.make(.bool, depth: depth) + ", " + $0.make(.int, depth: depth) }
            case 5: return macro(make(.ints, depth: depth), [.int], "map") { $0.make(.bool, depth: depth) + ", " + $0.make(.int, depth: depth) }
            case 6: return macro(make(.ints, depth: depth), [.int], "sortBy") { $0.make(.int, depth: depth) }
            case 7: return "[?\(make(.optionalInt, depth: depth)), \(make(.int, depth: depth))]"
            default: return "[\(make(.optionalInt, depth: depth))].unwrapOpt()"
            }
        case .strings:
            switch below(8) {
            case 0: return "\(make(.string, depth: depth)).split(\(pick(["','", "''", "'a'", "'.', 2", "' ', 0"])))"
            case 1: return "\(make(.string, depth: depth)).findAll('\(pick(RandomText.patterns))')"
            case 2: return "\(make(.string, depth: depth)).findAll('[a-z]', \(pick(["0", "1", "-1"])))"
            case 3: return make(.strings, depth: depth) + pick([".distinct()", ".reverse()", ".sort()", ".slice(0, 1)"])
            case 4: return macro(make(.texts, depth: depth), [.string, .string], "transformList") { $0.make(.string, depth: depth) }
            case 5: return macro(make(.strings, depth: depth), [.string], "sortBy") { "size(\($0.make(.string, depth: depth)))" }
            case 6: return macro(make(.items, depth: depth), [.dynamic], "map") { "\($0.locals.last?.text ?? "").name" }
            default: return "[?\(make(.optionalString, depth: depth)), \(make(.string, depth: depth))]"
            }
        case .map:
            switch below(4) {
            case 0: return macro(make(.map, depth: depth), [.string, .int], "transformMap") { $0.make(.int, depth: depth) }
            case 1: return macro(make(.map, depth: depth), [.string, .int], "transformMap") { $0.make(.bool, depth: depth) + ", " + $0.make(.int, depth: depth) }
            case 2: return macro(make(.ints, depth: depth), [.int, .int], "transformMapEntry") { "{string(\($0.locals.first?.text ?? "1")): \($0.make(.int, depth: depth))}" }
            default: return "{?'a': \(make(.optionalInt, depth: depth)), 'b': \(make(.int, depth: depth))}"
            }
        case .texts: return macro(make(.texts, depth: depth), [.string, .string], "transformMap") { $0.make(.string, depth: depth) }
        case .items: return macro(make(.items, depth: depth), [.dynamic], "filter") { "\($0.locals.last?.text ?? "").name == \($0.make(.string, depth: depth))" }
        case .optionalInt: return optional(.int, depth)
        case .optionalString: return optional(.string, depth)
        case .dynamic: return "dyn(\(make(pick([.int, .string, .double, .bool, .ints, .map]), depth: depth)))"
        case .address: return below(3) == 0 ? "\(make(.network, depth: depth)).ip()" : "ip(\(below(2) == 0 ? Self.quoted(pick(RandomText.addresses)) : make(.string, depth: depth)))"
        case .network: return below(3) == 0 ? "\(make(.network, depth: depth)).masked()" : "cidr(\(below(2) == 0 ? Self.quoted(pick(RandomText.networks)) : make(.string, depth: depth)))"
        case .url: return "url(\(below(2) == 0 ? Self.quoted(pick(RandomText.urls)) : make(.string, depth: depth)))"
        case .amount:
            if below(2) == 0 { return "\(make(.amount, depth: depth)).\(pick(["add", "sub"]))(\(make(below(2) == 0 ? .amount : .int, depth: depth)))" }
            return "quantity(\(below(2) == 0 ? Self.quoted(pick(RandomText.amounts)) : make(.string, depth: depth)))"
        case .version: return "semver(\(below(2) == 0 ? Self.quoted(pick(RandomText.versions)) : make(.string, depth: depth))\(pick(["", "", ", true"])))"
        case .duration: return below(2) == 0 ? "duration(\(make(.string, depth: depth)))" : nil
        case .timestamp: return below(2) == 0 ? "timestamp(\(make(pick([.string, .int]), depth: depth)))" : nil
        case .uint: return nil
        }
    }

    private mutating func integer(_ depth: Int) -> String {
        switch below(17) {
        case 0: return "\(make(.string, depth: depth)).\(pick(["indexOf", "lastIndexOf"]))(\(make(.string, depth: depth))\(pick(["", "", ", 0", ", 2"])))"
        case 1: return "\(make(.ints, depth: depth)).\(pick(["sum", "min", "max"]))()"
        case 2: return "\(make(.ints, depth: depth)).\(pick(["indexOf", "lastIndexOf"]))(\(make(.int, depth: depth)))"
        case 3: return "\(make(.address, depth: depth)).family()"
        case 4: return "\(make(.network, depth: depth)).prefixLength()"
        case 5: return "\(make(.version, depth: depth)).\(pick(["major", "minor", "patch"]))()"
        case 6: return "\(make(.version, depth: depth)).compareTo(\(make(.version, depth: depth)))"
        case 7: return "\(make(.amount, depth: depth)).\(pick(["asInteger", "sign"]))()"
        case 8: return "\(make(.amount, depth: depth)).compareTo(\(make(.amount, depth: depth)))"
        case 9: return "\(make(.optionalInt, depth: depth)).orValue(\(make(.int, depth: depth)))"
        case 10: return "\(make(.optionalInt, depth: depth)).value()"
        case 11: return "size(\(make(pick([.texts, .items]), depth: depth)))"
        case 12: return "\(make(.timestamp, depth: depth)).\(pick(["getHours", "getDate", "getDayOfYear", "getMinutes"]))('\(pick(["UTC", "+02:00", "-07:30", "Europe/Berlin", "America/New_York", "Mars/Olympus", ""]))')"
        case 13: return "\(make(pick([.timestamp, .duration]), depth: depth)).getMilliseconds()"
        case 14: return "int(\(make(.duration, depth: depth)))"
        case 15: return "\(make(.dynamic, depth: depth)) == 1 ? 1 : 2"
        default: return "int(\(make(.dynamic, depth: depth)))"
        }
    }

    private mutating func condition(_ depth: Int) -> String {
        switch below(28) {
        case 0: return "\(make(.string, depth: depth)).matches('\(pick(RandomText.patterns))')"
        case 1: return "is\(pick(["IP", "CIDR", "URL", "Quantity", "Semver"]))(\(make(.string, depth: depth)))"
        case 2: return "\(make(.address, depth: depth)).\(pick(["isLoopback", "isUnspecified", "isGlobalUnicast", "isLinkLocalUnicast", "isLinkLocalMulticast"]))()"
        case 3: return "ip.isCanonical(\(make(.string, depth: depth)))"
        case 4: return "\(make(.network, depth: depth)).containsIP(\(make(pick([.address, .string]), depth: depth)))"
        case 5: return "\(make(.network, depth: depth)).containsCIDR(\(make(pick([.network, .string]), depth: depth)))"
        case 6: return "\(make(.amount, depth: depth)).\(pick(["isGreaterThan", "isLessThan"]))(\(make(.amount, depth: depth)))"
        case 7: return "\(make(.amount, depth: depth)).isInteger()"
        case 8: return "\(make(.version, depth: depth)).\(pick(["isGreaterThan", "isLessThan"]))(\(make(.version, depth: depth)))"
        case 9: return "sets.\(pick(["contains", "intersects", "equivalent"]))(\(make(.ints, depth: depth)), \(make(.ints, depth: depth)))"
        case 10: return "sets.\(pick(["contains", "intersects", "equivalent"]))(\(make(.strings, depth: depth)), \(make(.strings, depth: depth)))"
        case 11: return "\(make(pick([.ints, .strings]), depth: depth)).isSorted()"
        case 12: return "\(make(pick([.optionalInt, .optionalString]), depth: depth)).hasValue()"
        case 13: return "\(pick(["!", ""]))format.\(pick(["dns1123Label", "dns1123Subdomain", "dns1035Label", "qualifiedName", "labelValue", "uri", "uuid", "byte", "date", "datetime", "dns1123LabelPrefix"]))().validate(\(make(.string, depth: depth))).hasValue()"
        case 14: return "format.named(\(make(.string, depth: depth))).hasValue()"
        case 15: return macro(make(.map, depth: depth), [.string, .int], pick(["all", "exists", "existsOne"])) { $0.make(.bool, depth: depth) }
        case 16: return macro(make(.texts, depth: depth), [.string, .string], pick(["all", "exists", "existsOne"])) { $0.make(.bool, depth: depth) }
        case 17: return macro(make(.strings, depth: depth), [.int, .string], pick(["all", "exists", "existsOne"])) { $0.make(.bool, depth: depth) }
        case 18: return macro(make(.strings, depth: depth), [.string], pick(["all", "exists", "exists_one"])) { $0.make(.bool, depth: depth) }
        case 19: return macro(make(.map, depth: depth), [.string], pick(["all", "exists", "exists_one"])) { $0.make(.bool, depth: depth) }
        case 20: return macro(make(.items, depth: depth), [.dynamic], pick(["all", "exists", "exists_one"])) { "\($0.locals.last?.text ?? "").name != \($0.make(.string, depth: depth))" }
        case 21: return "type(\(make(.dynamic, depth: depth))) == \(pick(["int", "string", "double", "bool", "list"]))"
        case 22: return "\(make(.dynamic, depth: depth)) \(pick(["==", "!=", "<", ">"])) \(leaf(pick([.int, .string, .double])))"
        case 23: return "(\(make(pick([.address, .network, .url, .amount, .version, .optionalInt, .texts]), depth: depth)) == \(make(pick([.address, .network, .url, .amount, .version]), depth: depth)))"
        case 24:
            let kind: Kind = pick([.address, .network, .url, .amount, .version, .optionalInt, .texts, .dynamic])
            return "(\(make(kind, depth: depth)) == \(make(kind, depth: depth)))"
        case 25: return "(\(leaf(.int)) in \(make(.ints, depth: depth)))"
        case 26: return "(\(make(.string, depth: depth)) in \(make(pick([.strings, .texts]), depth: depth)))"
        default: return "(\(make(.int, depth: depth)) \(pick(["<", ">=", "=="])) \(make(.double, depth: depth)))"
        }
    }

    private mutating func words(_ depth: Int) -> String {
        switch below(13) {
        case 0: return "\(make(.string, depth: depth)).\(pick(["lowerAscii()", "upperAscii()", "trim()", "charAt(0)", "charAt(2)", "substring(1)", "substring(0, 2)", "substring(3, 1)"]))"
        case 1: return "\(make(.string, depth: depth)).replace(\(make(.string, depth: depth)), \(make(.string, depth: depth))\(pick(["", "", ", 1", ", 0", ", -1"])))"
        case 2: return "\(make(.string, depth: depth)).find('\(pick(RandomText.patterns))')"
        case 3: return "\(make(.strings, depth: depth)).join(\(pick(["", "', '", "'a'"])))"
        case 4: return "'%s-%s'.format([\(make(.string, depth: depth)), \(make(pick([.int, .double, .bool, .strings, .map, .duration, .timestamp]), depth: depth))])"
        case 5: return "'\(pick(["%d", "%x", "%X", "%o", "%b"]))'.format([\(make(.int, depth: depth))])"
        case 6: return "'\(pick(["%f", "%.2f", "%e", "%.3e", "%s"]))'.format([\(make(.double, depth: depth))])"
        case 7: return "strings.quote(\(make(.string, depth: depth)))"
        case 8: return "\(make(.url, depth: depth)).\(pick(["getScheme", "getHost", "getHostname", "getPort", "getEscapedPath"]))()"
        case 9: return "string(\(make(pick([.address, .network, .double, .bool, .duration, .timestamp]), depth: depth)))"
        case 10: return "\(make(.optionalString, depth: depth)).orValue(\(make(.string, depth: depth)))"
        case 11: return "\(make(.texts, depth: depth))['a']"
        default: return "string(\(make(.dynamic, depth: depth)))"
        }
    }

    private mutating func optional(_ kind: Kind, _ depth: Int) -> String {
        let made = kind == .int ? Kind.optionalInt : .optionalString
        let fields = variables.filter { $0.kind == kind && $0.text.contains(".") && !$0.text.contains("(") }.map(\.text)
        switch below(7) {
        case 0, 1:
            guard !fields.isEmpty else { return "optional.of(\(make(kind, depth: depth)))" }
            let field = pick(fields)
            guard let dot = field.lastIndex(of: ".") else { return field }
            return field[..<dot] + ".?" + field[field.index(after: dot)...]
        case 2: return "\(make(kind == .int ? .map : .texts, depth: depth))[?\(pick(["'a'", "'zz'"]))]"
        case 3: return "\(make(kind == .int ? .ints : .strings, depth: depth))[?\(pick(["0", "5"]))]"
        case 4: return macro(make(made, depth: depth), [kind], "optMap") { $0.make(kind, depth: depth) }
        case 5: return macro(make(made, depth: depth), [kind], "optFlatMap") { $0.make(made, depth: depth) }
        default: return "\(make(made, depth: depth)).or(\(pick(["optional.none()", make(made, depth: depth)])))"
        }
    }
}
