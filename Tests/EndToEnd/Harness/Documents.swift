/// The documents the tests apply.
enum Documents {
    static func namespace(_ name: String) -> String { "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(name)}\n---\n" }

    /// The demo gateway, as the quickstart has it; `spec` is added below `spec:`, lines indented by two.
    static func environment(
        _ name: String, namespace: String, image: String = "millwright-demo:1", labels: String = "", env: String = "[]", replicas: Int = 1,
        hostPort: Int = 0, spec: String = ""
    ) -> String {
        """
        apiVersion: millwright.dev/v1alpha1
        kind: Environment
        metadata:
          name: \(name)
          namespace: \(namespace)
          labels: {\(labels)}
        spec:
          image: \(image)
          imagePullPolicy: IfNotPresent
          replicas: \(replicas)
          terminationGracePeriodSeconds: 1
          env: \(env)
          ports:
          - {name: http, containerPort: 8088, hostPort: \(hostPort)}
          volumeMounts:
          - {name: data, mountPath: /data}
          volumeClaimTemplates:
          - {metadata: {name: data}, spec: {resources: {requests: {storage: 1Gi}}}}
          readinessProbe: {httpGet: {path: /StatusPing, port: http}, periodSeconds: 1}
        \(spec)
        ---

        """
    }
}
