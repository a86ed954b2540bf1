import Kernel

/// The types of authentication.k8s.io/v1 and authorization.k8s.io/v1: questions that are answered at once and never stored.
enum ReviewTypes {
    static let authentication = "io.k8s.api.authentication.v1."
    static let authorization = "io.k8s.api.authorization.v1."

    static let all: [APIType] = identities + tokens + accessReviews + accessParts

    private static func kind(_ group: String, _ kind: String) -> [GroupVersionKind] {
        [GroupVersionKind(group: group, version: "v1", kind: kind)]
    }

    private static let identities: [APIType] = [
        APIType(authentication + "SelfSubjectReview", kinds: kind("authentication.k8s.io", "SelfSubjectReview"), "Who am I, to the server?", [
            .metadata,
            .field(2, "status", .reference(authentication + "SelfSubjectReviewStatus"), "The answer."),
        ]),
        APIType(authentication + "SelfSubjectReviewStatus", "Who the asking user is.", [
            .field(1, "userInfo", .reference(authentication + "UserInfo"), "The user.")
        ]),
        APIType(authentication + "UserInfo", "What is known of a user.", [
            .field(1, "username", .string, "Name, unique among users."),
            .field(2, "uid", .string, "Tells this user from an earlier one of the same name."),
            .field(3, "groups", .list(.string), "Groups the user is in.").atomic,
            .field(4, "extra", .map(.wrappedStrings), "What the authenticator adds."),
        ]),
    ]

    private static let tokens: [APIType] = [
        APIType(authentication + "TokenReview", kinds: kind("authentication.k8s.io", "TokenReview"), "Whose token is this?", [
            .metadata,
            .field(2, "spec", .reference(authentication + "TokenReviewSpec"), "The token.").required,
            .field(3, "status", .reference(authentication + "TokenReviewStatus"), "The answer."),
        ]),
        APIType(authentication + "TokenReviewSpec", "A token to look at.", [
            .field(1, "token", .string, "The bearer token."),
            .field(2, "audiences", .list(.string), "Whom the token must be meant for; absent: this server.").atomic,
        ]),
        APIType(authentication + "TokenReviewStatus", "Whose a token is.", [
            .field(1, "authenticated", .bool, "The token is good."),
            .field(2, "user", .reference(authentication + "UserInfo"), "Whose it is."),
            .field(4, "audiences", .list(.string), "Which of the asked audiences it is good for.").atomic,
            .field(3, "error", .string, "Why it couldn't be checked."),
        ]),
        APIType(authentication + "TokenRequest", kinds: kind("authentication.k8s.io", "TokenRequest"), "Asks for a token of a service account.", [
            .metadata,
            .field(2, "spec", .reference(authentication + "TokenRequestSpec"), "What token.").required,
            .field(3, "status", .reference(authentication + "TokenRequestStatus"), "The token."),
        ]),
        APIType(authentication + "TokenRequestSpec", "What token is wanted.", [
            .field(1, "audiences", .list(.string), "Whom the token is meant for; empty: this server.").required.atomic,
            .field(4, "expirationSeconds", .int64, "How long it should be good; the server may decide otherwise.").optional.defaulting(to: 3600),
            .field(3, "boundObjectRef", .reference(authentication + "BoundObjectReference"), "An object with which the token ends.").optional,
        ]),
        APIType(authentication + "BoundObjectReference", "An object a token is bound to.", [
            .field(1, "kind", .string, "Kind: Pod, Secret or Node."),
            .field(2, "apiVersion", .string, "API version."),
            .field(3, "name", .string, "Name."),
            .field(4, "uid", .string, "UID."),
        ]),
        APIType(authentication + "TokenRequestStatus", "A token.", [
            .field(1, "token", .string, "The token.").required,
            .field(2, "expirationTimestamp", .time, "When it ends.").required,
        ]),
    ]

    private static let accessReviews: [APIType] = [
        review("SubjectAccessReview", spec: "SubjectAccessReviewSpec", status: "SubjectAccessReviewStatus", "May this user do this?"),
        review("LocalSubjectAccessReview", spec: "SubjectAccessReviewSpec", status: "SubjectAccessReviewStatus", "May this user do this, in this namespace?"),
        review("SelfSubjectAccessReview", spec: "SelfSubjectAccessReviewSpec", status: "SubjectAccessReviewStatus", "May I do this?"),
        review("SelfSubjectRulesReview", spec: "SelfSubjectRulesReviewSpec", status: "SubjectRulesReviewStatus", "What may I do in this namespace?"),
        APIType(authorization + "SubjectAccessReviewSpec", "Who would do what; exactly one of resourceAttributes and nonResourceAttributes.", [
            .field(1, "resourceAttributes", .reference(authorization + "ResourceAttributes"), "A request for a resource.").optional,
            .field(2, "nonResourceAttributes", .reference(authorization + "NonResourceAttributes"), "A request for another URL.").optional,
            .field(3, "user", .string, "The user; with groups but no user, whoever is in the groups."),
            .field(4, "groups", .list(.string), "The groups of the user.").atomic,
            .field(5, "extra", .map(.wrappedStrings), "What an authenticator would add."),
            .field(6, "uid", .string, "The UID of the user."),
        ]),
        APIType(authorization + "SelfSubjectAccessReviewSpec", "What the asking user would do; exactly one of both.", [
            .field(1, "resourceAttributes", .reference(authorization + "ResourceAttributes"), "A request for a resource.").optional,
            .field(2, "nonResourceAttributes", .reference(authorization + "NonResourceAttributes"), "A request for another URL.").optional,
        ]),
        APIType(authorization + "SubjectAccessReviewStatus", "Whether it is allowed.", [
            .field(1, "allowed", .bool, "It is allowed.").required,
            .field(4, "denied", .bool, "It is refused for good; else, when not allowed, nothing was said about it."),
            .field(2, "reason", .string, "Why."),
            .field(3, "evaluationError", .string, "What went wrong while finding out; the answer may hold nevertheless."),
        ]),
        APIType(authorization + "SelfSubjectRulesReviewSpec", "Where.", [.field(1, "namespace", .string, "Namespace; required.")]),
        APIType(authorization + "SubjectRulesReviewStatus", "What a user may do. A hint for showing things, no base for decisions.", [
            .field(1, "resourceRules", .list(.reference(authorization + "ResourceRule")), "Allowed on resources.").required.atomic,
            .field(2, "nonResourceRules", .list(.reference(authorization + "NonResourceRule")), "Allowed on other URLs.").required.atomic,
            .field(3, "incomplete", .bool, "There may be more than is listed.").required,
            .field(4, "evaluationError", .string, "Why the list may be incomplete."),
        ]),
    ]

    private static let accessParts: [APIType] = [
        APIType(authorization + "ResourceAttributes", "A request for a resource.", [
            .field(1, "namespace", .string, "Namespace; empty: all, or none for what is cluster scoped."),
            .field(2, "verb", .string, "Verb: get, list, watch, create, update, patch, delete, deletecollection; * is all."),
            .field(3, "group", .string, "API group; * is all."),
            .field(4, "version", .string, "API version; * is all."),
            .field(5, "resource", .string, "Resource; * is all."),
            .field(6, "subresource", .string, "Subresource."),
            .field(7, "name", .string, "Name of the object; empty: all."),
            .field(8, "fieldSelector", .reference(authorization + "FieldSelectorAttributes"), "Field selector of a list, watch or deletecollection.").optional,
            .field(9, "labelSelector", .reference(authorization + "LabelSelectorAttributes"), "Label selector of a list, watch or deletecollection.").optional,
        ]),
        APIType(authorization + "NonResourceAttributes", "A request for a URL that is no resource.", [
            .field(1, "path", .string, "Path of the URL."),
            .field(2, "verb", .string, "HTTP method in lower case."),
        ]),
        APIType(authorization + "FieldSelectorAttributes", "A field selector, as text or parsed.", [
            .field(1, "rawSelector", .string, "As it stands in a query."),
            .field(2, "requirements", .list(.reference(MetaTypes.prefix + "FieldSelectorRequirement")), "Parsed.").atomic,
        ]),
        APIType(authorization + "LabelSelectorAttributes", "A label selector, as text or parsed.", [
            .field(1, "rawSelector", .string, "As it stands in a query."),
            .field(2, "requirements", .list(.reference(MetaTypes.prefix + "LabelSelectorRequirement")), "Parsed.").atomic,
        ]),
        APIType(authorization + "ResourceRule", "Verbs allowed on resources.", [
            .field(1, "verbs", .list(.string), "Verbs.").required.atomic,
            .field(2, "apiGroups", .list(.string), "API groups.").atomic,
            .field(3, "resources", .list(.string), "Resources.").atomic,
            .field(4, "resourceNames", .list(.string), "Names; empty: all.").atomic,
        ]),
        APIType(authorization + "NonResourceRule", "Verbs allowed on URLs.", [
            .field(1, "verbs", .list(.string), "Verbs.").required.atomic,
            .field(2, "nonResourceURLs", .list(.string), "URLs; a * at the end stands for whatever follows.").atomic,
        ]),
    ]

    private static func review(_ name: String, spec: String, status: String, _ description: String) -> APIType {
        APIType(authorization + name, kinds: kind("authorization.k8s.io", name), description, [
            .metadata,
            .field(2, "spec", .reference(authorization + spec), "The question.").required,
            .field(3, "status", .reference(authorization + status), "The answer."),
        ])
    }
}
