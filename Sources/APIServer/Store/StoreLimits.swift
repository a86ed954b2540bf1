/// Bounds of what the store takes.
public enum StoreLimits {
    /// Of one object's JSON: 1.5 MiB, what a Kubernetes API server over etcd takes.
    public static let objectBytes = 3 << 19
}
