import Kernel

/// `Scale` of autoscaling/v1, which /scale subresources read and write.
enum AutoscalingTypes {
    static let prefix = "io.k8s.api.autoscaling.v1."
    static let scale = GroupVersionKind(group: "autoscaling", version: "v1", kind: "Scale")

    static let all: [APIType] = [
        APIType(prefix + "Scale", kinds: [scale], "How many replicas there should be, and are.", [
            .metadata,
            .field(2, "spec", .reference(prefix + "ScaleSpec"), "What is asked for."),
            .field(3, "status", .reference(prefix + "ScaleStatus"), "What is."),
        ]),
        APIType(prefix + "ScaleSpec", "How many replicas there should be.", [.field(1, "replicas", .int32, "Number of replicas.")]),
        APIType(prefix + "ScaleStatus", "How many replicas there are.", [
            .field(1, "replicas", .int32, "Number of replicas.").required,
            .field(2, "selector", .string, "Selects the replicas by labels."),
        ]),
    ]
}
