import Kernel

/// The rules that ConfigMap and Secret share: what keys may look like, how large the values may be together.
enum DataKeys {
    /// 1 MiB, Kubernetes' limit for the values of a ConfigMap or Secret together.
    static let sizeLimit = 1 << 20
    static let immutable = "field is immutable when `immutable` is set"

    static func check(_ key: String, _ field: String) -> [StatusCause] {
        let path = "\(field)[\(key)]"
        var causes: [StatusCause] = []
        if key.utf8.count > 253 { causes.append(.invalid(path, .string(key), "must be no more than 253 characters")) }
        if key.isEmpty || !key.utf8.allSatisfy(isAllowed) {
            causes.append(
                .invalid(
                    path, .string(key),
                    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
                        + "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"))
        } else if key == "." || key == ".." || key.hasPrefix("..") {
            causes.append(.invalid(path, .string(key), key == "." ? "must not be '.'" : key == ".." ? "must not be '..'" : "must not start with '..'"))
        }
        return causes
    }

    /// Whether something other than metadata changes although the stored object forbids that.
    static func checkImmutable(_ object: JSON, _ old: JSON, fields: [String]) -> [StatusCause] {
        guard old["immutable"]?.bool == true else { return [] }
        var causes: [StatusCause] = []
        if object["immutable"]?.bool != true { causes.append(.forbidden("immutable", immutable)) }
        for field in fields where members(object[field]) != members(old[field]) { causes.append(.forbidden(field, immutable)) }
        return causes
    }

    static func members(_ value: JSON?) -> JSONObject { value?.object ?? JSONObject() }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
