/// `millwright up`: the whole of Millwright on this machine.
enum UpCommand {
    static let spec = CommandSpec(
        name: "up", summary: "Runs Millwright on this machine: the Kubernetes API, the controllers, and a PostgreSQL of its own.",
        options: Settings.upOptions,
        notes: """
            Writes DIR/kubeconfig for the administrator: export KUBECONFIG=DIR/kubeconfig, then use kubectl. Stops in order on SIGTERM or
            Ctrl-C; containers keep running. Exit statuses: 0 stopped as asked, 64 wrong options, 78 a setting or the machine is wrong.
            """,
        runBlocking: { arguments in
            try Supervision.run(worker: "serve", words: arguments.words, settings: try Settings(arguments, embedded: true))
        })

    static let worker = CommandSpec(
        name: "serve", summary: "The control plane of 'up', started by its supervisor.", options: Settings.upOptions, isHidden: true
    ) { arguments in
        try await ControlPlane.run(try Settings(arguments, embedded: true))
    }
}

/// `millwright manager`: the same controllers on a cluster.
enum ManagerCommand {
    static let spec = CommandSpec(
        name: "manager", summary: "Runs the controllers against the Kubernetes API server of a kubeconfig.", options: Settings.managerOptions,
        notes: """
            The cluster needs the CRDs first: millwright crds | kubectl apply --server-side -f -
            Without --kubeconfig and KUBECONFIG it is the cluster of the pod it runs in. Exit statuses as for 'up'.
            """,
        runBlocking: { arguments in
            try Supervision.run(worker: "control", words: arguments.words, settings: try Settings(arguments, embedded: false))
        })

    static let worker = CommandSpec(
        name: "control", summary: "The control plane of 'manager', started by its supervisor.", options: Settings.managerOptions, isHidden: true
    ) { arguments in
        try await ControlPlane.run(try Settings(arguments, embedded: false))
    }
}
