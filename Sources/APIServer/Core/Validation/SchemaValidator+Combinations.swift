import Kernel

extension SchemaValidator {
    func attempt(_ value: JSON, _ schema: StructuralSchema) -> SchemaValidator {
        var attempt = SchemaValidator(path: path, limit: limit)
        attempt.check(value, schema)
        return attempt
    }

    mutating func adopt(_ best: SchemaValidator?) {
        for cause in best?.causes ?? [] where !isFull { causes.append(cause) }
    }

    mutating func checkCombinations(_ value: JSON, _ schema: StructuralSchema) {
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
