import APIServerCore
import Kernel

/// What a write is asked to do besides the object itself.
struct WriteOptions: Sendable {
    /// What happens with fields that the schema doesn't know and members that stand twice.
    enum FieldValidation: String, Sendable { case ignore = "Ignore", warn = "Warn", strict = "Strict" }

    var dryRun = false
    var fieldValidation = FieldValidation.warn
    var fieldManager = "millwright"
    /// Server-side apply: take over what others own.
    var force = false

    init() {}

    init(_ context: RequestContext) throws(APIStatus) {
        let options = context.options
        do throws(FieldError) {
            dryRun = try DeleteOptions.dryRun(options.all("dryRun"))
        } catch {
            throw Self.invalid(context, .init(reason: .notSupported, message: error.message, field: error.path))
        }
        if let text = options["fieldValidation"], !text.isEmpty {
            guard let value = FieldValidation(rawValue: text) else {
                throw Self.invalid(
                    context, .notSupported("fieldValidation", .string(text), supported: ["Ignore", "Strict", "Warn"]))
            }
            fieldValidation = value
        }
        fieldManager = context.fieldManager
        guard fieldManager.unicodeScalars.count <= 128 else {
            throw Self.invalid(context, .tooLong("fieldManager", limit: 128))
        }
        force = options.flag("force")
    }

    private static func invalid(_ context: RequestContext, _ cause: StatusCause) -> APIStatus {
        let kind = switch context.info.verb {
        case "create": "CreateOptions"
        case "update": "UpdateOptions"
        default: "PatchOptions"
        }
        return .invalid(GroupKind(group: "meta.k8s.io", kind: kind), name: "", [cause])
    }
}
