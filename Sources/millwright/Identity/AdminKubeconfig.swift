import Kernel
import Platform
import YAML

/// The administrator's kubeconfig, for kubectl and every other client.
enum AdminKubeconfig {
    static func write(to path: String, server: Address, keys: KeyStore) throws {
        func base64(_ text: String) -> JSON { .string(Base64.encode(Array(text.utf8))) }
        let document: JSON = [
            "apiVersion": "v1", "kind": "Config", "current-context": "millwright",
            "clusters": [
                ["name": "millwright", "cluster": ["server": .string("https://\(server)"), "certificate-authority-data": base64(keys.authority.certificate)]]
            ],
            "users": [
                ["name": "admin", "user": ["client-certificate-data": base64(keys.admin.certificate), "client-key-data": base64(keys.admin.key)]]
            ],
            "contexts": [["name": "millwright", "context": ["cluster": "millwright", "user": "admin"]]],
        ]
        let text = Array(YAML.write(document).utf8)
        // Unchanged, it stays as it is: whoever watches the file sees no change.
        if Files.exists(path), try Files.read(path) == text { return }
        try Files.write(text, to: path, mode: 0o600)
    }
}
