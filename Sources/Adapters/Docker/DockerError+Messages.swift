import Kernel

extension DockerError: CustomStringConvertible {
    /// What happened, and what to do next, for people.
    public var description: String {
        switch self {
        case .notFound(let message): message
        case .conflict(let message, _): message
        case .badRequest(let message): "the Docker engine refuses the request: \(message)"
        case .unauthorized(let message):
            "the Docker engine doesn't let Millwright in: \(message); check the engine's certificates (DOCKER_CERT_PATH) and the rights on its socket"
        case .pullFailed(let image, let failure): failure.description(image: image)
        case .startFailed(let failure): failure.description
        case .unreachable(let endpoint, let message):
            "the Docker engine at \(endpoint) can't be reached: \(message); check that it runs (systemctl status docker) and that --docker-host is right"
        case .timeout(let operation, let deadline):
            "the Docker engine didn't answer \(operation) within \(deadline.manifest); it may hang or be overloaded: look at its log (journalctl -u docker)"
        case .outcomeUnknown(let operation, let message):
            "it isn't known whether the Docker engine did \(operation): \(message); the next pass looks and goes on from there"
        case .refused(let refusal): "\(refusal)"
        case .server(let message): "the Docker engine failed: \(message)"
        case .cancelled: "cancelled"
        }
    }
}

extension PullFailure {
    func description(image: String) -> String {
        switch self {
        case .notFound(let message):
            "image \(image) doesn't exist in its registry, or needs credentials (\(message)); check the name and tag, or set imagePullSecrets"
        case .accessDenied(let message):
            "the registry refuses access to image \(image) (\(message)); check imagePullSecrets and that the account may pull it"
        case .rateLimited(let message):
            "the registry limits pulls of image \(image) (\(message)); it is tried again later, or set imagePullSecrets to pull with an account"
        case .registryUnreachable(let message):
            "the registry of image \(image) can't be reached from the Docker engine (\(message)); check the engine's network, DNS and proxy"
        case .invalidReference(let message): "\(image) is not a valid image name (\(message)); write it as registry/name:tag"
        case .other(let message): "image \(image) could not be pulled: \(message)"
        }
    }
}

extension StartFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .portInUse(let message):
            "a port that the container publishes is in use on the engine's host (\(message)); free it or choose another hostPort, 0 for any free one"
        case .commandNotFound(let message): "the container's command can't be run (\(message)); check command and args against what the image has"
        case .mountFailed(let message): "something the container mounts can't be mounted (\(message)); check its volumes and volumeMounts"
        case .other(let message): "the container can't be started: \(message)"
        }
    }
}
