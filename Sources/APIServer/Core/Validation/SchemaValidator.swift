import Kernel

/// One check of a document.
struct SchemaValidator {
    var path: FieldPath
    let limit: Int
    var causes: [StatusCause] = []
    /// How many checks held, to pick the alternative that came closest.
    var held = 0

    init(path: FieldPath, limit: Int) {
        self.path = path
        self.limit = limit
    }

    var isFull: Bool { causes.count >= limit }

    /// `spec.replicas in body`, as the messages of schema validation name a field; a whole object has no name.
    var place: String { "\(path.text) in body" }

    mutating func report(_ make: (String) -> StatusCause) {
        guard !isFull else { return }
        causes.append(make(path.text))
    }

    mutating func invalid(_ value: JSON, _ rule: String) {
        let place = place
        report { .invalid($0, value, "\(place) \(rule)") }
    }

    /// What concerns no field that Kubernetes could name.
    mutating func general(_ message: String) {
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
    static func fits(_ value: JSON, _ type: SchemaType) -> Bool {
        switch (type, value) {
        case (.object, .object), (.array, .array), (.string, .string), (.boolean, .bool), (.integer, .int), (.number, .int), (.number, .double): true
        case (.integer, .double(let number)): number.isWhole
        default: false
        }
    }

    mutating func checkType(_ value: JSON, _ schema: StructuralSchema) {
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

    mutating func checkEnum(_ value: JSON, _ schema: StructuralSchema) {
        guard schema.rules.hasEnum, let allowed = schema.fields.enum, !allowed.contains(value) else { return }
        report { .notSupported($0, value, supported: schema.rules.supported) }
    }

    mutating func checkString(_ text: String, _ value: JSON, _ schema: StructuralSchema) {
        let bytes = text.utf8.count
        // Bytes bound code points from above, and mostly that is enough to know.
        if let most = schema.rules.maxLength, bytes > most, text.unicodeScalars.count > most {
            // It says bytes, as Kubernetes does, and counts code points.
            report { .tooLong($0, limit: most) }
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

    mutating func checkNumber(_ value: JSON, _ schema: StructuralSchema) {
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

    static func isBelow(_ a: JSON, _ b: JSON, orEqual: Bool) -> Bool {
        if case .int(let a) = a, case .int(let b) = b { return orEqual ? a <= b : a < b }
        guard let a = a.double, let b = b.double else { return true }
        return orEqual ? a <= b : a < b
    }

    static func isMultiple(_ value: JSON, of factor: JSON) -> Bool {
        if case .int(let value) = value, case .int(let factor) = factor { return factor == 0 || value % factor == 0 || factor == -1 }
        guard let value = value.double, let factor = factor.double, factor > 0 else { return true }
        let times = factor < 1 ? 1 / factor * value : value / factor
        return times.isNearlyWhole
    }
}
