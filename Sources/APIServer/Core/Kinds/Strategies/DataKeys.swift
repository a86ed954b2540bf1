import Kernel

/// The rules that ConfigMap and Secret share: what keys may look like, how large the values may be together.
enum DataKeys {
    /// 1 MiB, Kubernetes' limit for the values of a ConfigMap or Secret together.
    static let sizeLimit = 1 << 20
    static let immutable = "field is immutable when `immutable` is set"

    static func check(_ key: String, _ field: String) -> [StatusCause] {
        NameFormat.configKey(key).map { .invalid("\(field)[\(key)]", .string(key), $0) }
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
}
