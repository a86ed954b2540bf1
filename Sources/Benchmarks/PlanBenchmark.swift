import EnvironmentPlan
import Kernel
import Platform

/// From documents to plans: 1,000 environments of which nothing runs yet.
enum PlanBenchmark {
    static func run(count: Int) throws {
        let clocks = SystemClocks()
        let now = clocks.now
        let policy = EnvironmentPolicy(installation: "3f2a0c1e-0000-4000-8000-000000000000")
        let objects = (0..<count).map { number -> JSON in
            [
                "apiVersion": "millwright.dev/v1alpha1", "kind": "Environment",
                "metadata": ["name": .string("env-\(number)"), "namespace": "plant", "uid": .string("uid-\(number)"), "generation": 1],
                "spec": [
                    "image": "millwright-demo:1", "replicas": 2, "ports": [["name": "http", "containerPort": 8088]],
                    "env": [["name": "SITE", "value": "hamburg"], ["name": "HOME_OF", "value": "$(SITE)/data"]],
                    "volumeMounts": [["name": "data", "mountPath": "/data"]],
                    "volumeClaimTemplates": [["metadata": ["name": "data"], "spec": ["resources": ["requests": ["storage": "5Gi"]]]]],
                    "readinessProbe": ["httpGet": ["path": "/StatusPing", "port": "http"], "periodSeconds": 5],
                ],
            ]
        }
        var whole = Samples()
        var planner = Samples()
        var actions = 0
        for _ in 0..<20 {
            let start = clocks.monotonic
            let desired = try objects.map { try DesiredEnvironment(object: $0, inputs: ConfigInputs(), policy: policy) }
            let middle = clocks.monotonic
            actions = desired.reduce(0) { $0 + EnvironmentPlanner.plan(desired: $1, observed: ObservedEnvironment(), now: now).actions.count }
            let end = clocks.monotonic
            whole.add(end - start)
            planner.add(end - middle)
        }
        guard actions > 0 else { throw Nothing() }
        print(JSON.object(["environments": JSON(count), "actions": JSON(actions), "desiredAndPlan": whole.json, "planAlone": planner.json]).text)
    }

    private struct Nothing: Error {}
}
