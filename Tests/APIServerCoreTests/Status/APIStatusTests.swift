import Kernel
import Testing

@testable import APIServerCore

/// The words that kubectl prints, as a real kube-apiserver says them.
struct APIStatusTests {
    private static let environments = GroupResource(group: "millwright.dev", resource: "environments")
    private static let environment = GroupKind(group: "millwright.dev", kind: "Environment")

    private static func refused(_ verb: String, _ target: RequestAttributes.Target, _ user: UserInfo = UserInfo(name: "jane")) -> APIStatus {
        .forbidden(RequestAttributes(user: user, verb: verb, target: target))
    }

    @Test(arguments: [
        (APIStatus.notFound(environments, name: "x"), 404, "NotFound", #"environments.millwright.dev "x" not found"#),
        (.notFound(GroupResource(group: "", resource: "configmaps"), name: "x"), 404, "NotFound", #"configmaps "x" not found"#),
        (.noSuchPath, 404, "NotFound", "the server could not find the requested resource"),
        (.alreadyExists(environments, name: "x"), 409, "AlreadyExists", #"environments.millwright.dev "x" already exists"#),
        (
            .modified(environments, name: "x"), 409, "Conflict",
            #"Operation cannot be fulfilled on environments.millwright.dev "x": the object has been modified; please apply your changes to the latest version and try again"#
        ),
        (.invalid(environment, name: "x", []), 422, "Invalid", #"Environment.millwright.dev "x" is invalid"#),
        (
            .invalid(environment, name: "x", [.required("spec.image", "say which")]), 422, "Invalid",
            #"Environment.millwright.dev "x" is invalid: spec.image: Required value: say which"#
        ),
        (
            .invalid(environment, name: "x", [.required("spec.a"), .invalid("spec.b", "q\"", "must be c"), .required("spec.a")]), 422, "Invalid",
            #"Environment.millwright.dev "x" is invalid: [spec.a: Required value, spec.b: Invalid value: "q\"": must be c]"#
        ),
        (
            refused("list", .resource(.init(group: "millwright.dev", resource: "environments", namespace: "plant"))), 403, "Forbidden",
            #"environments.millwright.dev is forbidden: User "jane" cannot list resource "environments" in API group "millwright.dev" in the namespace "plant""#
        ),
        (
            refused("get", .resource(.init(group: "", resource: "serviceaccounts", subresource: "token", name: "x"))), 403, "Forbidden",
            #"serviceaccounts "x" is forbidden: User "jane" cannot get resource "serviceaccounts/token" in API group "" at the cluster scope"#
        ),
        (
            refused("get", .path("/metrics"), .anonymous), 403, "Forbidden",
            #"forbidden: User "system:anonymous" cannot get path "/metrics""#
        ),
        (.unauthorized, 401, "Unauthorized", "Unauthorized"),
        (.methodNotAllowed, 405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
        (
            .notAcceptable(accepted: ["application/json", "application/yaml"]), 406, "NotAcceptable",
            "only the following media types are accepted: application/json, application/yaml"
        ),
        (
            .unsupportedMediaType(accepted: ["application/json"]), 415, "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: application/json"
        ),
        (.requestEntityTooLarge(limit: 3_145_728), 413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728"),
        (.resourceVersionTooLarge(requested: 9, current: 3), 504, "Timeout", "Timeout: Too large resource version: 9, current: 3"),
        (.tooOldResourceVersion(requested: 1, oldest: 7), 410, "Expired", "too old resource version: 1 (7)"),
        (.internalError("x"), 500, "InternalError", "Internal error occurred: x"),
        (
            .serverTimeout(environments, operation: "create"), 500, "ServerTimeout",
            "The create operation against environments.millwright.dev could not be completed at this time, please try again."
        ),
    ] as [(APIStatus, Int, String, String)])
    func wording(status: APIStatus, code: Int, reason: String, message: String) {
        #expect(status.code == code && status.reason.rawValue == reason && status.message == message, "\(status.message)")
        #expect(status.json["code"] == .int(Int64(code)) && status.json["status"] == "Failure" && status.json["kind"] == "Status")
    }

    @Test func causesAndDetailsStandInTheDocument() {
        let status = APIStatus.invalid(
            Self.environment, name: "x", [.notSupported("spec.a", "q", supported: ["b", "c"]), .tooMany("spec.l", actual: 3, limit: 1)])
        #expect(
            status.json["details"] == [
                "name": "x", "group": "millwright.dev", "kind": "Environment",
                "causes": [
                    ["reason": "FieldValueNotSupported", "message": #"Unsupported value: "q": supported values: "b", "c""#, "field": "spec.a"],
                    ["reason": "FieldValueTooMany", "message": "Too many: 3: must have at most 1 item", "field": "spec.l"],
                ],
            ])
        let tooLarge = APIStatus.resourceVersionTooLarge(requested: 9, current: 3)
        #expect(tooLarge.details?.causes.first?.reason == .resourceVersionTooLarge && tooLarge.retryAfterSeconds == 1)
    }

    @Test func readsBackWhatItWrites() {
        for status in [APIStatus.unauthorized, .tooManyRequests("slow down", retryAfter: 2), .invalid(Self.environment, name: "x", [.required("spec")])] {
            #expect(APIStatus(status.json) == status)
        }
        #expect(APIStatus(["kind": "ConfigMap"]) == nil)
        #expect(APIStatus.expired("old").watchEvent["type"] == "ERROR")
        let gone = APIStatus.deleted(Self.environments, name: "x", uid: "u").json
        #expect(gone["status"] == "Success" && gone["details"] == ["name": "x", "group": "millwright.dev", "kind": "environments", "uid": "u"])
    }

    @Test(arguments: [("a", #""a""#), ("a\"b\\", #""a\"b\\""#), ("\n\t\u{01}\u{7F}", #""\n\t\x01\x7f""#), ("é\u{200B}\u{E000}", "\"é\\u200b\\ue000\"")])
    func quotesAsGo(text: String, quoted: String) {
        #expect(GoQuote.quote(text) == quoted)
    }

    @Test func whatTwoRulesSayIsTwoCausesButOneText() throws {
        let same = StatusCause.invalid("spec.a", 81, "spaced")
        let status = APIStatus.invalid(Self.environment, name: "x", [same, .required("spec.b"), same])
        #expect(status.details?.causes == [same, .required("spec.b"), same])
        #expect(status.message == #"Environment.millwright.dev "x" is invalid: [spec.a: Invalid value: 81: spaced, spec.b: Required value]"#)
    }
}
