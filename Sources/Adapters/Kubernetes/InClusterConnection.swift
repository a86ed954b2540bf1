import Kernel
import Platform

extension ClusterConnection {
    /// Where the kubelet puts a pod's service account.
    public static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The connection of a pod to its own cluster.
    ///
    /// - Parameter directory: of the token, `ca.crt` and `namespace`.
    public static func inCluster(directory: String = serviceAccountDirectory) throws(KubernetesError) -> ClusterConnection {
        guard let host = Environ["KUBERNETES_SERVICE_HOST"], let port = Environ["KUBERNETES_SERVICE_PORT"] else {
            throw .configuration(
                "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this process runs in no pod; name a kubeconfig with --kubeconfig")
        }
        var connection = try ClusterConnection(server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        do throws(SystemError) {
            connection.certificateAuthority = try Files.read("\(directory)/ca.crt", limit: 1 << 20)
            if Files.exists("\(directory)/namespace") { connection.namespace = try Files.text("\(directory)/namespace") }
        } catch {
            throw .configuration("the pod's service account can't be read (\(error)); is automountServiceAccountToken off?")
        }
        guard Files.exists("\(directory)/token") else {
            throw .configuration("the pod has no service account token at \(directory)/token; is automountServiceAccountToken off?")
        }
        connection.bearer = .file("\(directory)/token")
        return connection
    }
}
