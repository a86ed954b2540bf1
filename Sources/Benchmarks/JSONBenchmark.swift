import Kernel
import Platform

/// Reading and writing JSON of an object's usual shape.
enum JSONBenchmark {
    static func run() {
        let item: JSON = [
            "apiVersion": "millwright.dev/v1alpha1", "kind": "Environment",
            "metadata": ["name": "line-1", "namespace": "plant", "labels": ["app.kubernetes.io/name": "line-1"], "generation": 3, "resourceVersion": "123456"],
            "spec": ["image": "inductiveautomation/ignition:8.1.48", "replicas": 1, "env": [["name": "ACCEPT_IGNITION_EULA", "value": "Y"]]],
            "status": ["phase": "Running", "conditions": [["type": "Ready", "status": "True", "reason": "Running", "message": "all 1 replicas are ready"]]],
        ]
        let list = JSON.object(["items": .array(Array(repeating: item, count: 2000))])
        let bytes = list.bytes
        let clocks = SystemClocks()
        var decode = Samples()
        var encode = Samples()
        for _ in 0..<20 {
            let start = clocks.monotonic
            guard let tree = try? JSONParser.parse(bytes) else { return }
            let middle = clocks.monotonic
            let written = tree.bytes.count
            let end = clocks.monotonic
            guard written == bytes.count else { return }
            decode.add(middle - start)
            encode.add(end - middle)
        }
        let megabytes = Double(bytes.count) / 1e6
        let result: JSON = [
            "decodeMBs": .double(megabytes / decode.percentile(50) * 1000), "encodeMBs": .double(megabytes / encode.percentile(50) * 1000),
        ]
        print(result.text)
    }
}
