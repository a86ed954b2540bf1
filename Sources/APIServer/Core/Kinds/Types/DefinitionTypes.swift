import Kernel

/// The types of apiextensions.k8s.io/v1.
enum DefinitionTypes {
    static let prefix = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
    static let group = "apiextensions.k8s.io"

    static let all: [APIType] = definition + versions + conversion + schema

    private static func ref(_ name: String) -> APIFieldType { .reference(prefix + name) }

    private static let definition: [APIType] = [
        APIType(prefix + "CustomResourceDefinition", kinds: [.init(group: group, version: "v1", kind: "CustomResourceDefinition")], "A kind of one's own: its names, its versions, and what its objects look like. Must be named PLURAL.GROUP.", [
            .metadata,
            .field(2, "spec", ref("CustomResourceDefinitionSpec"), "The kind.").required,
            .field(3, "status", ref("CustomResourceDefinitionStatus"), "Whether it is served."),
        ]),
        APIType(prefix + "CustomResourceDefinitionSpec", "A kind and its versions.", [
            .field(1, "group", .string, "API group; the definition's name ends in it. Can't be changed.").required,
            .field(3, "names", ref("CustomResourceDefinitionNames"), "What it is called.").required,
            .field(4, "scope", .string, "Cluster or Namespaced. Can't be changed.").required,
            .field(7, "versions", .list(ref("CustomResourceDefinitionVersion")), "Its versions; exactly one is stored.").required.atomic,
            .field(9, "conversion", ref("CustomResourceConversion"), "How versions become one another.").optional,
            .field(10, "preserveUnknownFields", .bool, "Deprecated; must be false. Use x-kubernetes-preserve-unknown-fields in the schema."),
        ]),
        APIType(prefix + "CustomResourceDefinitionNames", "What a kind is called.", [
            .field(1, "plural", .string, "Plural in lower case, as in URLs. Can't be changed.").required,
            .field(2, "singular", .string, "Singular in lower case; by default the kind in lower case."),
            .field(3, "shortNames", .list(.string), "Short names, as `env`.").atomic,
            .field(4, "kind", .string, "Kind in CamelCase.").required,
            .field(5, "listKind", .string, "Kind of lists; by default the kind with List at its end."),
            .field(6, "categories", .list(.string), "Groups of kinds that it shows in, as `all`.").atomic,
        ]),
        APIType(prefix + "CustomResourceDefinitionStatus", "Whether a kind is served.", [
            .field(1, "conditions", .list(ref("CustomResourceDefinitionCondition")), "NamesAccepted, Established and others.").keyed("type", patch: false),
            .field(2, "acceptedNames", ref("CustomResourceDefinitionNames"), "The names it is served under."),
            .field(3, "storedVersions", .list(.string), "Versions that objects were ever stored in; none of them may be removed.").atomic,
            .field(4, "observedGeneration", .int64, "The generation that was looked at."),
        ]),
        APIType(prefix + "CustomResourceDefinitionCondition", "One aspect of a definition's state.", [
            .field(1, "type", .string, "Which aspect.").required,
            .field(2, "status", .string, "True, False or Unknown.").required,
            .field(3, "lastTransitionTime", .time, "When status changed last."),
            .field(4, "reason", .string, "Why, in one word."),
            .field(5, "message", .string, "Why, for a person."),
            .field(6, "observedGeneration", .int64, "The generation that was looked at."),
        ]),
    ]

    private static let versions: [APIType] = [
        APIType(prefix + "CustomResourceDefinitionVersion", "A version of a kind.", [
            .field(1, "name", .string, "Name, as `v1alpha1`.").required,
            .field(2, "served", .bool, "Whether it can be used.").required,
            .field(3, "storage", .bool, "Whether objects are stored in it.").required,
            .field(7, "deprecated", .bool, "Whoever uses it gets a warning."),
            .field(8, "deprecationWarning", .string, "The text of that warning.").optional,
            .field(4, "schema", ref("CustomResourceValidation"), "What objects look like.").optional,
            .field(5, "subresources", ref("CustomResourceSubresources"), "Parts with a URL of their own.").optional,
            .field(6, "additionalPrinterColumns", .list(ref("CustomResourceColumnDefinition")), "Columns of `kubectl get`; by default the age.").atomic,
            .field(9, "selectableFields", .list(ref("SelectableField")), "Fields that field selectors may name; 8 at most.").atomic,
        ]),
        APIType(prefix + "CustomResourceValidation", "The schema of a version.", [
            .field(1, "openAPIV3Schema", ref("JSONSchemaProps"), "The schema.").optional
        ]),
        APIType(prefix + "CustomResourceSubresources", "Parts of an object with a URL of their own.", [
            .field(1, "status", ref("CustomResourceSubresourceStatus"), "Serves /status: only there can .status be written, and nothing else.").optional,
            .field(2, "scale", ref("CustomResourceSubresourceScale"), "Serves /scale.").optional,
        ]),
        APIType(prefix + "CustomResourceSubresourceStatus", "Serves /status.", []),
        APIType(prefix + "CustomResourceSubresourceScale", "Where /scale finds its numbers.", [
            .field(1, "specReplicasPath", .string, "JSON path under .spec of the wanted number.").required,
            .field(2, "statusReplicasPath", .string, "JSON path under .status of the actual number.").required,
            .field(3, "labelSelectorPath", .string, "JSON path of a label selector's text.").optional,
        ]),
        APIType(prefix + "CustomResourceColumnDefinition", "A column of `kubectl get`.", [
            .field(1, "name", .string, "Heading.").required,
            .field(2, "type", .string, "integer, number, string, boolean or date.").required,
            .field(3, "format", .string, "OpenAPI format."),
            .field(4, "description", .string, "What it shows."),
            .field(5, "priority", .int32, "0 is always shown; above it only with -o wide."),
            .field(6, "jsonPath", .string, "JSON path of the value.").required,
        ]),
        APIType(prefix + "SelectableField", "A field that field selectors may name.", [
            .field(1, "jsonPath", .string, "JSON path of a string, integer or boolean.").required
        ]),
    ]

    private static let conversion: [APIType] = [
        APIType(prefix + "CustomResourceConversion", "How versions become one another.", [
            .field(1, "strategy", .string, "None: only apiVersion changes. Webhook is not offered here.").required,
            .field(2, "webhook", ref("WebhookConversion"), "For the strategy Webhook.").optional,
        ]),
        APIType(prefix + "WebhookConversion", "A service that converts.", [
            .field(2, "clientConfig", ref("WebhookClientConfig"), "Where it is.").optional,
            .field(3, "conversionReviewVersions", .list(.string), "Versions of ConversionReview it understands.").required.atomic,
        ]),
        APIType(prefix + "WebhookClientConfig", "Where a webhook is.", [
            .field(3, "url", .string, "URL, unless service is given.").optional,
            .field(1, "service", ref("ServiceReference"), "Service, unless url is given.").optional,
            .field(2, "caBundle", .bytes, "PEM certificates that its certificate is checked with."),
        ]),
        APIType(prefix + "ServiceReference", "A service.", [
            .field(1, "namespace", .string, "Namespace.").required,
            .field(2, "name", .string, "Name.").required,
            .field(3, "path", .string, "Path.").optional,
            .field(4, "port", .int32, "Port; 443 by default.").optional,
        ]),
    ]

    private static let schema: [APIType] = [
        APIType(prefix + "JSONSchemaProps", "A schema: the structural subset of OpenAPI v3.", words + numbers + combinations + extensions),
        APIType(prefix + "ExternalDocumentation", "Where more is written.", [
            .field(1, "description", .string, "What is there."), .field(2, "url", .string, "URL."),
        ]),
        APIType(prefix + "ValidationRule", "A rule in CEL.", [
            .field(1, "rule", .string, "Expression that must be true; `self` is the value.").required,
            .field(2, "message", .string, "What is said when it isn't."),
            .field(3, "messageExpression", .string, "Expression that gives the message."),
            .field(4, "reason", .string, "FieldValueInvalid, FieldValueForbidden, FieldValueRequired or FieldValueDuplicate.").optional,
            .field(5, "fieldPath", .string, "Field that the error names, relative to the value."),
            .field(6, "optionalOldSelf", .bool, "The rule also holds on create; oldSelf is then an optional.").optional,
        ]),
    ]

    private static let words: [APIField] = [
        .field(1, "id", .string, "Not allowed."), .field(2, "$schema", .string, "Not allowed."),
        .field(3, "$ref", .string, "Not allowed.").optional,
        .field(4, "description", .string, "What the value is for."),
        .field(5, "type", .string, "object, array, string, integer, number or boolean."),
        .field(6, "format", .string, "Format, as date-time or int64."),
        .field(7, "title", .string, "Title."),
        .field(8, "default", .json, "Value of a field that is absent."),
        .field(15, "pattern", .string, "Regular expression that a string must match."),
        .field(20, "enum", .list(.json), "The values that are allowed.").atomic,
        .field(35, "externalDocs", .reference(prefix + "ExternalDocumentation"), "Where more is written.").optional,
        .field(36, "example", .json, "Example."),
        .field(37, "nullable", .bool, "Null is allowed."),
    ]

    private static let numbers: [APIField] = [
        .field(9, "maximum", .double, "Largest number.").optional, .field(10, "exclusiveMaximum", .bool, "The number must be below maximum."),
        .field(11, "minimum", .double, "Smallest number.").optional, .field(12, "exclusiveMinimum", .bool, "The number must be above minimum."),
        .field(13, "maxLength", .int64, "Most characters.").optional, .field(14, "minLength", .int64, "Fewest characters.").optional,
        .field(16, "maxItems", .int64, "Most elements.").optional, .field(17, "minItems", .int64, "Fewest elements.").optional,
        .field(18, "uniqueItems", .bool, "Must not be true."),
        .field(19, "multipleOf", .double, "The number is a multiple of this.").optional,
        .field(21, "maxProperties", .int64, "Most members.").optional, .field(22, "minProperties", .int64, "Fewest members.").optional,
    ]

    private static let combinations: [APIField] = [
        .field(23, "required", .list(.string), "Members that must be there.").atomic,
        .field(24, "items", .schemaOrList, "Schema of a list's elements."),
        .field(25, "allOf", .list(props), "All of these must hold.").atomic,
        .field(26, "oneOf", .list(props), "Exactly one of these must hold.").atomic,
        .field(27, "anyOf", .list(props), "One of these must hold.").atomic,
        .field(28, "not", props, "This must not hold.").optional,
        .field(29, "properties", .map(props), "Schemas of an object's members."),
        .field(30, "additionalProperties", .schemaOrBool, "Schema of the members that properties doesn't name."),
        .field(31, "patternProperties", .map(props), "Not allowed."),
        .field(32, "dependencies", .map(.schemaOrStrings), "Not allowed."),
        .field(33, "additionalItems", .schemaOrBool, "Not allowed."),
        .field(34, "definitions", .map(props), "Not allowed."),
    ]

    private static let extensions: [APIField] = [
        .field(38, "x-kubernetes-preserve-unknown-fields", .bool, "Fields that the schema doesn't name are kept.").optional,
        .field(39, "x-kubernetes-embedded-resource", .bool, "The value is a whole object with apiVersion, kind and metadata."),
        .field(40, "x-kubernetes-int-or-string", .bool, "The value is an integer or a string."),
        .field(41, "x-kubernetes-list-map-keys", .list(.string), "Members that tell a map list's elements apart.").atomic,
        .field(42, "x-kubernetes-list-type", .string, "atomic, set or map.").optional,
        .field(43, "x-kubernetes-map-type", .string, "granular or atomic.").optional,
        .field(44, "x-kubernetes-validations", .list(.reference(prefix + "ValidationRule")), "Rules in CEL."),
    ]

    private static let props: APIFieldType = .reference(prefix + "JSONSchemaProps")
}
