import Kernel

extension StructuralSchema {
    /// Checks a value against the schema, with the messages of Kubernetes' API server.
    ///
    /// Goes on after the first fault and reports up to `limit` of them, in the order of the document. CEL rules
    /// (`x-kubernetes-validations`) are not looked at. `metadata` of the root is `ObjectMetadata`'s.
    ///
    /// - Parameters:
    ///   - old: what is stored, on an update: faults of what the update leaves as it was are not its own, and pass. So a schema may grow
    ///     stricter without shutting out the objects there are.
    ///   - path: the field the value stands in; empty for a whole object.
    ///   - isResource: the value is a whole object, whose `metadata` is checked elsewhere.
    public func validate(_ value: JSON, old: JSON? = nil, path: [String] = [], isResource: Bool = true, limit: Int = 100) -> [StatusCause] {
        var validator = SchemaValidator(path: FieldPath(root: value, prefix: path), limit: limit)
        validator.check(value, self, isResource: isResource)
        // Nearly always there is nothing to forgive, and then the stored object isn't looked at.
        guard let old, !validator.causes.isEmpty else { return validator.causes }
        var forgiving = SchemaValidator(path: FieldPath(root: value, prefix: path), limit: limit)
        forgiving.check(value, self, old: old, isResource: isResource)
        return forgiving.causes
    }

    /// Whether the value has no fault; stops at the first.
    func accepts(_ value: JSON, isResource: Bool = false) -> Bool {
        var validator = SchemaValidator(path: FieldPath(root: value), limit: 1)
        validator.check(value, self, isResource: isResource)
        return validator.causes.isEmpty
    }
}

/// One check of a document.
struct SchemaValidator {
    private var path: FieldPath
    private let limit: Int
    private(set) var causes: [StatusCause] = []
    /// How many checks held, to pick the alternative that came closest.
    private var held = 0

    init(path: FieldPath, limit: Int) {
        self.path = path
        self.limit = limit
    }

    private var isFull: Bool { causes.count >= limit }

    /// `spec.replicas in body`, as the messages of schema validation name a field; a whole object has no name.
    private var place: String { "\(path.text) in body" }

    private mutating func report(_ make: (String) -> StatusCause) {
        guard !isFull else { return }
        causes.append(make(path.text))
    }

    private mutating func invalid(_ value: JSON, _ rule: String) {
        let place = place
        report { .invalid($0, value, "\(place) \(rule)") }
    }

    /// What concerns no field that Kubernetes could name.
    private mutating func general(_ message: String) {
        guard !isFull else { return }
        causes.append(.invalid("<nil>", "", message))
    }

    // MARK: Values

    /// - Parameter old: what stood here before, where that can be told.
    mutating func check(_ value: JSON, _ schema: StructuralSchema, old: JSON? = nil, isResource: Bool = false) {
        guard !isFull else { return }
        if let old, old == value { return }
        let before = causes.count
        checkType(value, schema)
        if value.isNull {
            checkEnum(value, schema)
            return
        }
        if schema.rules.hasCombinations { checkCombinations(value, schema) }
        switch value {
        case .string(let text): if schema.rules.hasStringRules { checkString(text, value, schema) }
        case .int, .double: if schema.rules.hasNumberRules { checkNumber(value, schema) }
        case .array(let elements): checkList(elements, schema, old: old?.array)
        case .object(let object): checkObject(object, schema, old: old?.object, isResource: isResource)
        case .bool, .null: break
        }
        checkEnum(value, schema)
        if causes.count == before { held += 1 }
    }

    @inline(__always)
    private static func fits(_ value: JSON, _ type: SchemaType) -> Bool {
        switch (type, value) {
        case (.object, .object), (.array, .array), (.string, .string), (.boolean, .bool), (.integer, .int), (.number, .int), (.number, .double): true
        case (.integer, .double(let number)): number.isWhole
        default: false
        }
    }

    private mutating func checkType(_ value: JSON, _ schema: StructuralSchema) {
        let wanted: String
        if let type = schema.type {
            if Self.fits(value, type) { return }
            if value.isNull, schema.isNullable { return }
            if let format = schema.fields.format, !value.isNull, !value.isContainer, value.string == nil {
                // A number or boolean where a formatted value stands is measured against the format, and so it is said.
                let found = value.double == nil ? "" : value.int == nil ? "float64" : "int64"
                let place = place
                report { .typeInvalid($0, .string(found), "\(place) must be of type \(format): \(GoQuote.quote(found))") }
                return
            }
            wanted = type.rawValue
        } else if schema.rules.isIntOrString {
            switch value {
            case .int, .string: return
            case .double(let number) where number.isWhole: return
            case .null where schema.isNullable: return
            default: wanted = "integer,string"
            }
        } else {
            return
        }
        let found = value.typeName
        let place = place
        report { .typeInvalid($0, .string(found), "\(place) must be of type \(wanted): \(GoQuote.quote(found))") }
    }

    private mutating func checkEnum(_ value: JSON, _ schema: StructuralSchema) {
        guard schema.rules.hasEnum, let allowed = schema.fields.enum, !allowed.contains(value) else { return }
        report { .notSupported($0, value, supported: schema.rules.supported) }
    }

    private mutating func checkString(_ text: String, _ value: JSON, _ schema: StructuralSchema) {
        let bytes = text.utf8.count
        // Bytes bound code points from above, and mostly that is enough to know.
        if let most = schema.rules.maxLength, bytes > most, text.unicodeScalars.count > most {
            report { StatusCause(reason: .tooLong, message: "Too long: may not be more than \(most) \(most == 1 ? "character" : "characters")", field: $0) }
        }
        if let least = schema.rules.minLength, least > 0, bytes < least * 4, text.unicodeScalars.count < least {
            invalid(value, "should be at least \(least) chars long")
        }
        if schema.rules.hasPattern {
            if let pattern = schema.rules.pattern {
                if !pattern.matches(text) { invalid(value, "should match '\(pattern.pattern)'") }
            } else {
                invalid(value, "should match '\(schema.fields.pattern ?? "")', but pattern is invalid: \(schema.rules.patternProblem ?? "")")
            }
        }
        if let format = schema.rules.format, schema.type == .string || schema.type == nil, !format.accepts(text) {
            let place = place
            report { .typeInvalid($0, value, "\(place) must be of type \(schema.fields.format ?? ""): \(GoQuote.quote(text))") }
        }
    }

    private mutating func checkNumber(_ value: JSON, _ schema: StructuralSchema) {
        let bounds = schema.rules.bounds
        if schema.type == .integer, Self.fits(value, .integer) {
            // Integers beyond 64 bits are doubles here, and fit no format.
            if !(value.int.map { bounds.format?.contains($0) ?? true } ?? false) {
                general("Checked value must be of type integer \(schema.fields.format.map { "with format \($0)" } ?? "(default format)") in \(path.text)")
            }
        }
        if let maximum = bounds.maximum, !Self.isBelow(value, maximum, orEqual: !bounds.exclusiveMaximum) {
            invalid(value, "should be less than \(bounds.exclusiveMaximum ? "" : "or equal to ")\(GoNumber.text(maximum))")
        }
        if let minimum = bounds.minimum, !Self.isBelow(minimum, value, orEqual: !bounds.exclusiveMinimum) {
            invalid(value, "should be greater than \(bounds.exclusiveMinimum ? "" : "or equal to ")\(GoNumber.text(minimum))")
        }
        if let factor = bounds.multipleOf, !Self.isMultiple(value, of: factor) {
            invalid(value, "should be a multiple of \(GoNumber.text(factor))")
        }
    }

    private static func isBelow(_ a: JSON, _ b: JSON, orEqual: Bool) -> Bool {
        if case .int(let a) = a, case .int(let b) = b { return orEqual ? a <= b : a < b }
        guard let a = a.double, let b = b.double else { return true }
        return orEqual ? a <= b : a < b
    }

    private static func isMultiple(_ value: JSON, of factor: JSON) -> Bool {
        if case .int(let value) = value, case .int(let factor) = factor { return factor == 0 || value % factor == 0 || factor == -1 }
        guard let value = value.double, let factor = factor.double, factor > 0 else { return true }
        let times = factor < 1 ? 1 / factor * value : value / factor
        return times.isNearlyWhole
    }

    // MARK: Lists and objects

    private mutating func checkList(_ elements: [JSON], _ schema: StructuralSchema, old: [JSON]?) {
        if let items = schema.itemSchema {
            for position in elements.indices {
                path.enter(position)
                check(elements[position], items, old: old.flatMap { Self.counterpart(of: elements[position], in: $0, schema) }, isResource: items.isEmbedded)
                path.leave()
                if isFull { return }
            }
        }
        guard schema.rules.hasListRules else { return }
        if let least = schema.fields.minItems, elements.count < least {
            invalid(JSON(elements.count), "should have at least \(least) items")
        }
        if let most = schema.fields.maxItems, elements.count > most {
            report { .tooMany($0, actual: elements.count, limit: most) }
        }
        if schema.fields.uniqueItems, Set(elements).count < elements.count { invalid("", "shouldn't contain duplicates") }
        switch schema.listType {
        case .set: checkUnique(elements) { $0 }
        case .map:
            let keys = schema.rules.sortedListMapKeys
            let items = schema.itemSchema
            checkUnique(elements) { element in
                guard case .object(let object) = element else { return nil }
                if keys.count == 1 { return object[keys[0]] ?? items?.member(keys[0])?.filler }
                return .array(keys.map { object[$0] ?? items?.member($0)?.filler ?? .null })
            } shown: { identity in
                let values = keys.count == 1 ? [identity] : identity.array ?? []
                return .object(JSONObject(zip(keys, values).filter { !$0.1.isNull }.map { ($0.0, $0.1) }))
            }
        case .atomic: break
        }
    }

    /// The element of a list map that an element was before; elements of other lists have no identity.
    private static func counterpart(of element: JSON, in old: [JSON], _ schema: StructuralSchema) -> JSON? {
        guard schema.listType == .map else { return nil }
        return old.first { candidate in schema.rules.sortedListMapKeys.allSatisfy { candidate[$0] == element[$0] } }
    }

    private mutating func checkUnique(_ elements: [JSON], _ identity: (JSON) -> JSON?, shown: (JSON) -> JSON = { $0 }) {
        guard elements.count > 1 else { return }
        // Hashing pays for long lists only.
        let isShort = elements.count <= 8
        var seen: [JSON] = []
        var known: Set<JSON> = []
        for position in elements.indices {
            guard let key = identity(elements[position]), !isFull else { continue }
            if isShort {
                if !seen.contains(key) {
                    seen.append(key)
                    continue
                }
            } else if known.insert(key).inserted {
                continue
            }
            path.enter(position)
            report { .duplicate($0, shown(key)) }
            path.leave()
        }
    }

    private mutating func checkObject(_ object: JSONObject, _ schema: StructuralSchema, old: JSONObject?, isResource: Bool) {
        if schema.rules.hasObjectRules {
            if let least = schema.fields.minProperties, object.count < least { invalid(JSON(object.count), "should have at least \(least) properties") }
            if let most = schema.fields.maxProperties, object.count > most { report { .tooMany($0, actual: object.count, limit: most) } }
        }
        for position in object.keys.indices {
            let name = object.keys[position]
            if isResource, name == "metadata" { continue }
            if let at = schema.members.position(of: name) {
                path.enter(position)
                check(object.values[position], schema.memberSchemas[at], old: old?[name], isResource: schema.memberSchemas[at].isEmbedded)
                path.leave()
            } else if let extra = schema.extra {
                path.enter(position)
                check(object.values[position], extra, old: old?[name], isResource: extra.isEmbedded)
                path.leave()
            } else if schema.forbidsExtra {
                let here = path.text
                report { .invalid($0.isEmpty ? "<nil>" : $0, "", "\(here).\(name) in body is a forbidden property") }
            }
            if isFull { return }
        }
        for name in schema.rules.required where object.position(of: name) == nil {
            guard !isFull else { return }
            causes.append(.required(path.text(adding: name)))
        }
        if schema.isEmbedded { checkEmbedded(object) }
    }

    /// An object inside an object: it must say what it is, and its metadata must be well formed.
    private mutating func checkEmbedded(_ object: JSONObject) {
        for name in ["apiVersion", "kind"] where !isFull {
            let place = path.text(adding: name)
            switch object[name] {
            case .string(let text)? where !text.isEmpty: break
            case .string?, nil: causes.append(.required(place, "must not be empty"))
            case let other?: causes.append(.typeInvalid(place, .string(other.typeName), "must be a string"))
            }
        }
        if let metadata = object["metadata"] {
            let place = path.text(adding: "metadata")
            for cause in ObjectMetadata.shapeProblems(metadata, path: place) where !isFull { causes.append(cause) }
        }
    }

    // MARK: Combinations

    private func attempt(_ value: JSON, _ schema: StructuralSchema) -> SchemaValidator {
        var attempt = SchemaValidator(path: path, limit: limit)
        attempt.check(value, schema)
        return attempt
    }

    private mutating func adopt(_ best: SchemaValidator?) {
        for cause in best?.causes ?? [] where !isFull { causes.append(cause) }
    }

    private mutating func checkCombinations(_ value: JSON, _ schema: StructuralSchema) {
        let fields = schema.fields
        var name: String { GoQuote.quote(path.text) }
        if schema.rules.checksAnyOf {
            var best: SchemaValidator?
            var found = false
            for alternative in fields.anyOf {
                let attempt = attempt(value, alternative)
                if attempt.causes.isEmpty { found = true; break }
                if best.map({ attempt.held > $0.held }) ?? true { best = attempt }
            }
            if !found {
                general("\(name) must validate at least one schema (anyOf)")
                adopt(best)
            }
        }
        if !fields.oneOf.isEmpty {
            var best: SchemaValidator?
            var valid = 0
            for alternative in fields.oneOf {
                let attempt = attempt(value, alternative)
                if attempt.causes.isEmpty { valid += 1 } else if best.map({ attempt.held > $0.held }) ?? true { best = attempt }
            }
            if valid != 1 {
                general("\(name) must validate one and only one schema (oneOf). \(valid == 0 ? "Found none valid" : "Found \(valid) valid alternatives")")
                if valid == 0 { adopt(best) }
            }
        }
        if !fields.allOf.isEmpty {
            var valid = 0
            for part in fields.allOf {
                let attempt = attempt(value, part)
                if attempt.causes.isEmpty { valid += 1 } else { adopt(attempt) }
            }
            if valid < fields.allOf.count { general("\(name) must validate all the schemas (allOf)\(valid == 0 ? ". None validated" : "")") }
        }
        if let not = fields.not, attempt(value, not).causes.isEmpty {
            general("\(name) must not validate the schema (not)")
        }
    }
}
