import Foundation
import Kernel

/// The Docker engine seen by the tests themselves, past Millwright: through curl, on the engine's own socket.
enum Engine {
    static let socket = "/var/run/docker.sock"

    @discardableResult
    static func call(_ method: String, _ path: String, body: String? = nil, seconds: Int = 60) throws -> (status: Int, json: JSON?) {
        var arguments = ["-sS", "-m", "\(seconds)", "-X", method, "--unix-socket", socket, "-w", "\n%{http_code}"]
        if let body { arguments += ["-H", "Content-Type: application/json", "-d", body] }
        let result = try Shell.run("/usr/bin/curl", arguments + ["http://docker\(path)"], seconds: seconds + 5)
        let mark = result.output.lastIndex(of: "\n") ?? result.output.startIndex
        let status = Int(result.output[mark...].trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        return (status, try? JSONParser.parse(String(result.output[..<mark])))
    }

    private static func filter(_ labels: [String]) -> String {
        let text = JSON.object(["label": .array(labels.map { .string($0) })]).text
        return text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    /// Containers by labels `key=value`, running or not, as the engine lists them.
    static func containers(_ labels: String...) throws -> [JSON] {
        try call("GET", "/containers/json?all=1&filters=\(filter(labels))").json?.array ?? []
    }

    static func inspect(container: String) throws -> JSON? {
        let reply = try call("GET", "/containers/\(container)/json")
        return reply.status == 200 ? reply.json : nil
    }

    static func networks(_ labels: String...) throws -> [JSON] { try call("GET", "/networks?filters=\(filter(labels))").json?.array ?? [] }
    static func volumes(_ labels: String...) throws -> [JSON] { try call("GET", "/volumes?filters=\(filter(labels))").json?["Volumes"]?.array ?? [] }

    static func removeEverything(ofInstallation id: String) {
        let label = "millwright.dev/installation=\(id)"
        for container in (try? containers(label)) ?? [] {
            _ = try? call("DELETE", "/containers/\(container["Id"]?.string ?? "")?force=1&v=1")
        }
        for network in (try? networks(label)) ?? [] { _ = try? call("DELETE", "/networks/\(network["Id"]?.string ?? "")") }
        for volume in (try? volumes(label)) ?? [] { _ = try? call("DELETE", "/volumes/\(volume["Name"]?.string ?? "")?force=1") }
    }
}
