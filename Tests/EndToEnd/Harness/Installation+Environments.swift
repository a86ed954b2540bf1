import Foundation
import Kernel
import TestSupport

extension Installation {
    func condition(_ type: String, of name: String, in namespace: String) throws -> Condition? {
        try get("environment", name, "-n", namespace)?["status"]?["conditions"]?.array?.compactMap { Condition($0) }[type]
    }

    /// Waits until the environment is ready for its present generation.
    func waitReady(_ name: String, in namespace: String, seconds: Int = 90) throws {
        do {
            try waitUntil("environment \(namespace)/\(name) is ready", seconds: seconds) {
                guard let object = try get("environment", name, "-n", namespace) else { return false }
                let ready = object["status"]?["conditions"]?.array?.compactMap { Condition($0) }["Ready"]
                return ready?.status == .true && ready?.observedGeneration == object["metadata"]?["generation"]?.int
            }
        } catch let error as NeverHappened {
            let object = try get("environment", name, "-n", namespace)?["status"]?.text ?? "no object"
            throw NeverHappened(what: "\(error.what); its status: \(object); the log ends: \(log.suffix(4000))", seconds: error.seconds)
        }
    }

    func waitCondition(_ type: String, _ status: Condition.Status, reason: String, of name: String, in namespace: String, seconds: Int = 60) throws -> Condition {
        var last: Condition?
        do {
            try waitUntil("condition \(type) of \(namespace)/\(name) is \(status.rawValue), \(reason)", seconds: seconds) {
                last = try condition(type, of: name, in: namespace)
                return last?.status == status && last?.reason == reason
            }
        } catch let error as NeverHappened {
            throw NeverHappened(what: "\(error.what); it is \(String(describing: last))", seconds: error.seconds)
        }
        guard let last else { throw NeverHappened(what: "a condition is there", seconds: 0) }
        return last
    }

    /// The containers of an environment, by name label; all of this installation.
    func containers(of name: String, in namespace: String) throws -> [JSON] {
        try Engine.containers(
            "millwright.dev/installation=\(installationID ?? "?")", "millwright.dev/namespace=\(namespace)", "millwright.dev/name=\(name)")
    }

    /// The one container of an environment with one replica.
    func container(of name: String, in namespace: String) throws -> String? {
        let all = try containers(of: name, in: namespace)
        return all.count == 1 ? all[0]["Id"]?.string : nil
    }

    /// The answer of the environment's own URL, from its status.
    func answer(of name: String, in namespace: String, path: String = "/StatusPing") throws -> String {
        guard let address = try get("environment", name, "-n", namespace)?["status"]?["endpoints"]?[0]?["address"]?.string else { return "no endpoint" }
        return try Shell.run("/usr/bin/curl", ["-sS", "-m", "5", "http://\(address)\(path)"]).all
    }
}
