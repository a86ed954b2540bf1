/// A place where workloads run, as given by `--target NAME=docker:URL` or `NAME=kubernetes:KUBECONFIG`.
struct TargetSetting: Sendable, Equatable {
    enum Place: Sendable, Equatable {
        case docker(url: String)
        case kubernetes(kubeconfig: String)
    }

    let name: String
    let place: Place

    init(name: String, place: Place) {
        self.name = name
        self.place = place
    }

    init(_ text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1)
        let places = parts.count == 2 ? parts[1].split(separator: ":", maxSplits: 1) : []
        guard places.count == 2, let name = parts.first.map(String.init) else {
            throw CommandFailure(ExitStatus.usage, "--target: '\(text)' is not NAME=docker:URL or NAME=kubernetes:KUBECONFIG")
        }
        // The name becomes part of a Lease's, `millwright-target-NAME`.
        guard name.count <= 40, name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }), !name.hasPrefix("-"), !name.hasSuffix("-") else {
            throw CommandFailure(ExitStatus.usage, "--target: the name '\(name)' must be lower case letters, digits and '-', at most 40")
        }
        self.name = name
        switch places[0] {
        case "docker": place = .docker(url: String(places[1]))
        case "kubernetes": place = .kubernetes(kubeconfig: String(places[1]))
        default: throw CommandFailure(ExitStatus.usage, "--target: '\(places[0])' is neither docker nor kubernetes")
        }
    }
}
