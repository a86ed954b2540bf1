import Foundation
import Kernel
import TestSupport
import Testing

/// Nobody gets in who was not let in, and no secret gets out.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct AccessTests {
    @Test func anIdentityWithoutABindingCanDoNothing() throws {
        let installation = try Installation("access")
        defer { installation.tearDown() }
        try installation.start()
        try installation.apply(Documents.namespace("plant"))
        #expect(try installation.kubectl(["create", "serviceaccount", "nobody", "-n", "plant"]).status == 0)
        let token = try installation.kubectl(["create", "token", "nobody", "-n", "plant"], path: Capability.kubectls.last).output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(token.split(separator: ".").count == 3)

        func curl(_ path: String, port: Int, _ more: [String] = [], bearer: String? = nil) throws -> (status: String, body: String) {
            let authority = installation.directory + "/ca.crt"
            if !FileManager.default.fileExists(atPath: authority) {
                let config = try installation.kubectl(["config", "view", "--raw", "-o", "jsonpath={.clusters[0].cluster.certificate-authority-data}"]).output
                try #require(Data(base64Encoded: config)).write(to: URL(fileURLWithPath: authority))
            }
            let header = bearer.map { ["-H", "Authorization: Bearer \($0)"] } ?? []
            let result = try Shell.run(
                "/usr/bin/curl", ["-sS", "-m", "10", "--cacert", authority, "-w", "\n%{http_code}"] + header + more + ["https://127.0.0.1:\(port)\(path)"])
            let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
            return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n") + result.errors)
        }
        let api = installation.port
        let paths = [
            "/api/v1/namespaces", "/api/v1/secrets", "/apis/millwright.dev/v1alpha1/environments", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        ]
        for path in paths {
            let reply = try curl(path, port: api, bearer: token)
            #expect(reply.status == "403" && reply.body.contains("system:serviceaccount:plant:nobody"), "\(path): \(reply)")
            #expect(try curl(path, port: api, ["-X", "POST", "-H", "Content-Type: application/json", "-d", "{}"], bearer: token).status == "403")
            #expect(try curl(path, port: api).status == "401", "no credentials")
            #expect(try curl(path, port: api, bearer: token + "x").status == "401", "a forged token")
        }
        for path in ["/metrics", "/v1/namespaces/plant/environments/x/logs"] {
            #expect(try curl(path, port: installation.httpPort, bearer: token).status == "403", "\(path)")
            #expect(try curl(path, port: installation.httpPort).status == "401", "\(path)")
        }
        #expect(try curl("/healthz", port: installation.httpPort).status == "200")
        #expect(try curl("/readyz", port: api).status == "200")
        #expect(try curl("/readyz", port: installation.httpPort).status == "200")
        // A web page that resolves its own name to this address must not become a client.
        #expect(["403", "421"].contains(try curl("/healthz", port: installation.httpPort, ["-H", "Host: evil.example"]).status))
        #expect(["400", "403", "421"].contains(try curl("/api", port: api, ["-H", "Host: evil.example"], bearer: token).status))
        // A certificate of somebody else's authority.
        let directory = installation.directory
        _ = try Shell.run("/usr/bin/openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "\(directory)/evil.key", "-out", "\(directory)/evil.crt", "-subj", "/O=system:masters/CN=evil", "-days", "1"])
        let foreign = try curl("/api/v1/namespaces", port: api, ["--cert", "\(directory)/evil.crt", "--key", "\(directory)/evil.key"])
        #expect(foreign.status != "200", "\(foreign)")

        // Its own command finds Millwright's port; what it may do there is asked for there.
        let config = installation.directory + "/nobody.kubeconfig"
        try FileManager.default.copyItem(atPath: installation.kubeconfig, toPath: config)
        for words in [["set-credentials", "nobody", "--token", token], ["set-context", "--current", "--user=nobody"]] {
            #expect(try Shell.run(Capability.kubectls.last ?? "/usr/bin/kubectl", ["--kubeconfig", config, "config"] + words).status == 0)
        }
        let logs = ["logs", "x", "-n", "plant", "--kubeconfig", config]
        let forbidden = try installation.millwright(logs)
        #expect(forbidden.status == 1 && forbidden.errors.contains("environments") && !forbidden.errors.contains("configmaps"), "\(forbidden.all)")
        #expect(try installation.kubectl(["create", "role", "logs", "-n", "plant", "--verb=get", "--resource=environments.millwright.dev/log"]).status == 0)
        #expect(try installation.kubectl(["create", "rolebinding", "logs", "-n", "plant", "--role=logs", "--serviceaccount=plant:nobody"]).status == 0)
        let allowed = try installation.millwright(logs)
        #expect(allowed.errors.contains("there is no environment plant/x"), "\(allowed.all)")

        // With a binding, exactly that.
        #expect(try installation.kubectl(["create", "role", "reader", "-n", "plant", "--verb=get,list", "--resource=configmaps"]).status == 0)
        #expect(try installation.kubectl(["create", "rolebinding", "reader", "-n", "plant", "--role=reader", "--serviceaccount=plant:nobody"]).status == 0)
        #expect(try curl("/api/v1/namespaces/plant/configmaps", port: api, bearer: token).status == "200")
        #expect(try curl("/api/v1/namespaces/plant/secrets", port: api, bearer: token).status == "403")
        #expect(try curl("/api/v1/namespaces/default/configmaps", port: api, bearer: token).status == "403")
    }

    @Test func aSecretIsReadableNowhere() throws {
        let canary = "canary-\(UUID().uuidString)"
        let installation = try Installation("canary")
        defer { installation.tearDown() }
        try installation.start()
        try installation.apply(Documents.namespace("plant"))
        #expect(try installation.kubectl(["create", "secret", "generic", "gateway", "-n", "plant", "--from-file=password=/dev/stdin"], input: canary).status == 0)
        try installation.apply(Documents.environment("line-1", namespace: "plant", env: "[{name: PASSWORD, valueFrom: {secretKeyRef: {name: gateway, key: password}}}]"))
        try installation.waitReady("line-1", in: "plant")
        #expect(try installation.millwright(["exec", "line-1", "-n", "plant", "--", "env"]).output.contains(canary), "the container has it")
        _ = try installation.millwright(["plan", "-f", "-"], input: Documents.environment("line-1", namespace: "plant", env: "[{name: PASSWORD, valueFrom: {secretKeyRef: {name: gateway, key: password}}}, {name: B, value: c}]"))

        for pid in installation.processes {
            for file in ["cmdline", "environ"] {
                let bytes = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/\(file)"))) ?? Data()
                #expect(bytes.range(of: Data(canary.utf8)) == nil, "/proc/\(pid)/\(file)")
            }
        }
        for resource in ["environments", "events", "configmaps", "leases"] {
            #expect(try installation.kubectl(["get", resource, "-A", "-o", "yaml"]).output.contains(canary) == false, "\(resource)")
        }
        #expect(try installation.stop() == 0)
        #expect(!installation.allLogs.contains(canary))
        let encoded = Data(canary.utf8).base64EncodedString()
        for needle in [canary, String(encoded.prefix(40))] {
            let found = try Shell.run("/bin/grep", ["-rlaF", needle, installation.dataDirectory])
            #expect(found.status == 1, "readable in \(found.all)")
        }
    }
}
