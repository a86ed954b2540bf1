import Docker
import Kernel

/// Finds the credentials for an image in Secrets of type kubernetes.io/dockerconfigjson.
enum RegistryAuth {
    /// Docker Hub, under all its names.
    private static let hub = ["docker.io", "index.docker.io", "registry-1.docker.io", "hub.docker.com"]
    private static let hubServer = "https://index.docker.io/v1/"

    /// The registry's host in a reference: what stands before the first slash, if it looks like a host.
    static func registry(of image: String) -> String {
        guard let slash = image.firstIndex(of: "/") else { return "docker.io" }
        let first = String(image[..<slash])
        return first.contains(".") || first.contains(":") || first == "localhost" ? first : "docker.io"
    }

    /// Those that fit the image's registry, in the order of the document.
    /// - Parameter config: the content of `.dockerconfigjson`.
    static func credentials(for image: String, in config: [UInt8]) -> [RegistryCredentials] {
        let wanted = registry(of: image)
        guard let auths = parsed(config)?["auths"]?.object else { return [] }
        return auths.compactMap { server, entry in
            let host = host(of: server)
            guard host == wanted || (hub.contains(host) && hub.contains(wanted)) else { return nil }
            var username = entry["username"]?.string ?? ""
            var password = entry["password"]?.string ?? ""
            if username.isEmpty, let auth = entry["auth"]?.string.flatMap(Base64.decode) {
                let pair = String(decoding: auth, as: UTF8.self)
                guard let colon = pair.firstIndex(of: ":") else { return nil }
                username = String(pair[..<colon])
                password = String(pair[pair.index(after: colon)...])
            }
            let token = entry["identitytoken"]?.string ?? ""
            guard !username.isEmpty || !token.isEmpty else { return nil }
            return RegistryCredentials(
                server: hub.contains(host) ? hubServer : host, username: username, password: password, identityToken: token)
        }
    }

    private static func parsed(_ config: [UInt8]) -> JSON? {
        do { return try JSONParser.parse(config) } catch { return nil }
    }

    /// `registry.example.com:5000` of `https://registry.example.com:5000/v1/`.
    private static func host(of server: String) -> String {
        var rest = Substring(server)
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        return String(rest.prefix { $0 != "/" })
    }
}
