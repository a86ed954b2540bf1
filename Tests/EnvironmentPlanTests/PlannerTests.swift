import EnvironmentPlan
import Kernel
import Resources
import Testing

/// Single decisions of the planner, one at a time.
@Suite struct PlannerTests {
    private func world(_ found: SmallWorldTests.Found...) throws -> SmallWorld {
        try SmallWorldTests.world(found, network: true, image: true, volumes: true)
    }

    private func assess(_ world: SmallWorld, _ object: JSON) throws -> EnvironmentAssessment {
        let desired = try SmallWorld.desired(object)
        return EnvironmentPlanner.assess(desired: desired, observed: world.observed(desired), now: world.now)
    }

    @Test func aChangeNamesTheFieldThatDiffers() throws {
        let world = try world(.ready)
        let plan = try assess(world, SmallWorld.object { $0["image"] = "demo:2"; $0["env"] = [["name": "GREETING", "value": "canary"]] }).plan
        #expect(plan.actions.map(\.summary).map { $0.split(separator: " ").first } == ["stop", "remove", "create", "start"])
        #expect(Set(plan.actions.map(\.reason)) == ["env GREETING added; image changed from demo:1 to demo:2"])
        #expect(!"\(plan)".contains("canary"), "values are never printed")
    }

    @Test func whatIsNoneOfTheContainersBusinessRecreatesNothing() throws {
        let world = try world(.ready)
        let plan = try assess(
            world,
            SmallWorld.object {
                $0["livenessProbe"] = ["tcpSocket": ["port": 8088]]
                $0["terminationGracePeriodSeconds"] = 5
                $0["imagePullPolicy"] = "IfNotPresent"
                $0["persistentVolumeClaimRetentionPolicy"] = ["whenDeleted": "Delete"]
            }
        ).plan
        #expect(plan.isSettled)
    }

    @Test func aSettingOfLaterVersionsLeavesTheRevisionAlone() throws {
        let desired = try SmallWorld.desired(SmallWorld.object())
        #expect(desired.facts.values.keys.sorted() == ["image", "mount /data", "port 8088/TCP"])
    }

    @Test func theHighestIsReplacedFirstAndTheNextWaits() throws {
        var world = try world(.ready, .ready)
        let object = SmallWorld.object { $0["replicas"] = 2; $0["image"] = "demo:2" }
        let first = try assess(world, object).plan
        #expect(Set(first.actions.map(\.ordinal)) == [1])
        let desired = try SmallWorld.desired(object)
        for action in first.actions { try world.act(action, desired) }
        let second = try assess(world, object)
        #expect(second.plan.actions.isEmpty && second.plan.waitingFor == "instance line-1 to be ready: no answer")
        world.settle()
        #expect(Set(try assess(world, object).plan.actions.map(\.ordinal)) == [0])
    }

    @Test func aBadRevisionStopsAtTheFirstInstanceAndABetterOneReplacesIt() throws {
        var world = try world(.ready, .ready)
        world.sick = [1]
        let bad = SmallWorld.object { $0["replicas"] = 2; $0["image"] = "bad:1" }
        for _ in 0..<3 {
            let desired = try SmallWorld.desired(bad)
            for action in try assess(world, bad).plan.actions { try world.act(action, desired) }
            world.settle()
        }
        #expect(world.containers.filter { $0.state == .running && $0.probes.readiness == .ready }.map(\.ordinal) == [0])
        let good = SmallWorld.object { $0["replicas"] = 2; $0["image"] = "good:1" }
        #expect(Set(try assess(world, good).plan.actions.map(\.ordinal)) == [1])
    }

    @Test func aFixedPortThatIsTakenIsNamedWithItsHolder() throws {
        let desired = try SmallWorld.desired(SmallWorld.object { $0["ports"] = [["containerPort": 8088, "hostPort": 18088]]; $0["readinessProbe"] = nil })
        var world = SmallWorld()
        world.hasImage = true
        var observed = world.observed(desired)
        observed.takenPorts = [.init(port: 18088, transport: .tcp, holder: "nginx")]
        let assessment = EnvironmentPlanner.assess(desired: desired, observed: observed, now: world.now)
        #expect(assessment.plan.actions.isEmpty)
        #expect(assessment.issues.map(\.reason) == [.portConflict])
        #expect(assessment.issues[0].message.hasPrefix("spec.ports[0].hostPort: 18088 is used by container nginx; stop that"))
    }

    @Test func aChosenPortIsKeptAndOnlyGivenUpWhenTaken() throws {
        var world = SmallWorld()
        world.hasImage = true
        let object = SmallWorld.object()
        let desired = try SmallWorld.desired(object)
        for action in try assess(world, object).plan.actions { try world.act(action, desired) }
        let chosen = try #require(world.containers.first?.ports.first?.hostPort)
        #expect((20000..<30000).contains(chosen))

        // The container is gone; what status says of it is kept to.
        let status: JSON = [
            "instances": [["ordinal": 0, "id": "x"]],
            "endpoints": [["port": "http", "containerPort": 8088, "protocol": "TCP", "ordinal": 0, "address": "127.0.0.1:21234"]],
        ]
        world.containers = []
        func ports(_ observed: (inout ObservedEnvironment) -> Void) throws -> [Int] {
            let desired = try SmallWorld.desired(SmallWorld.object(status: status))
            var seen = world.observed(desired)
            observed(&seen)
            return EnvironmentPlanner.plan(desired: desired, observed: seen, now: world.now).actions.compactMap { action in
                if case .createContainer(let container) = action.kind { container.ports[0].hostPort } else { nil }
            }
        }
        #expect(try ports { _ in } == [21234])
        #expect(try ports { $0.takenPorts = [.init(port: 21234, transport: .tcp)] } == [chosen])
        #expect(try ports { $0.takenPorts = [.init(port: 21234, transport: .udp)] } == [21234])
    }

    @Test func aCrashLoopIsTakenOverPausedAndHandedBack() throws {
        var world = try world(.ready)
        let object = SmallWorld.object()
        func plan() throws -> Plan<EnvironmentAction> { try assess(world, object).plan }
        let begin = world.now
        world.containers[0].deaths = (0..<5).map { begin + .seconds(Int64($0) * 10 - 60) }
        #expect(try plan().actions.map(\.kind) == [.setRestartPolicy(.init(ordinal: 0, name: world.containers[0].name, id: world.containers[0].id), .no)])

        world.containers[0].restartPolicy = .no
        world.containers[0].state = .exited
        world.containers[0].exitCode = 1
        world.containers[0].finished = begin
        #expect(try plan().actions.isEmpty)
        #expect(try plan().wake == .after(.seconds(10)))
        let status = EnvironmentStatus.status(
            of: object, .assessed(try SmallWorld.desired(object), world.observed(try SmallWorld.desired(object)), try assess(world, object)),
            trouble: nil, policy: EnvironmentPolicy(installation: SmallWorld.installation), now: world.now)
        let ready = (status["conditions"]?.array ?? []).compactMap(Condition.init)["Ready"]
        #expect(ready?.reason == "CrashLoopBackOff" && status["phase"] == "Degraded")

        world.now = begin + .seconds(10)
        #expect(try plan().actions.map(\.summary) == ["start container \(world.containers[0].name)"])
        // Two more ends: the pause has doubled twice.
        world.containers[0].deaths += [begin + .seconds(15), begin + .seconds(20)]
        world.containers[0].finished = begin + .seconds(20)
        world.now = begin + .seconds(21)
        #expect(try plan().wake == .after(.seconds(39)))

        world.containers[0].state = .running
        world.now = begin + .seconds(300)
        #expect(try plan().actions.isEmpty, "not healthy for long enough")
        world.now = begin + .seconds(620)
        world.containers[0].deaths = []
        #expect(try plan().actions.map(\.summary) == ["set the restart policy of container \(world.containers[0].name) to unless-stopped"])
    }

    @Test func aContainerThatIsGoneIsNotShownWhileASecretIsMissing() throws {
        let known: JSON = [
            "instances": [["ordinal": 0, "id": "deadbeef0000", "state": "running", "ready": true, "restarts": 2, "revision": "r"], ["ordinal": 1, "id": "c2", "state": "running", "ready": true, "restarts": 0, "revision": "r"]],
            "replicas": 2, "readyReplicas": 2, "endpoints": [["port": "http", "containerPort": 8088, "protocol": "TCP", "ordinal": 0, "address": "127.0.0.1:18088"]],
        ]
        let object = SmallWorld.object(status: known) {
            $0["replicas"] = 2
            $0["env"] = [["name": "PASSWORD", "valueFrom": ["secretKeyRef": ["name": "gateway", "key": "password"]]]]
        }
        let policy = EnvironmentPolicy(installation: SmallWorld.installation)
        var issue: EnvironmentIssue?
        do throws(EnvironmentIssue) { _ = try DesiredEnvironment(object: object, inputs: ConfigInputs(), policy: policy) } catch { issue = error }
        let trouble = EnvironmentTrouble.issue(try #require(issue))
        let looked = DesiredEnvironment(onlyToLookAt: object, policy: policy)
        #expect(looked.isOnlyLookedAt && looked.replicas == 0 && looked.spec?.readinessProbe != nil && looked.identity.uid == "u-1")
        var world = SmallWorld()
        world.containers = [ObservedContainer(id: "c2", name: looked.identity.containerName(1), ordinal: 1, revision: "r", state: .running)]
        func status(_ seen: ObservedEnvironment?) -> JSON {
            EnvironmentStatus.status(of: object, .undecided(seen), trouble: trouble, policy: policy, now: world.now)
        }
        let seen = status(world.observed(looked))
        #expect(seen["readyReplicas"] == 1 && seen["replicas"] == 1)
        #expect(seen["instances"]?[0]?["state"] == "absent" && seen["instances"]?[0]?["id"] == nil && seen["instances"]?[0]?["ready"] == false)
        #expect(seen["instances"]?[1]?["id"] == "c2" && seen["instances"]?[1]?["ready"] == true)
        #expect(seen["endpoints"] == known["endpoints"], "the port is kept for the container that comes back")
        let ready = (seen["conditions"]?.array ?? []).compactMap(Condition.init)["Ready"]
        #expect(ready?.status == .false && ready?.reason == "ConfigMissing")
        #expect(status(nil)["instances"] == known["instances"], "nothing was seen: what was known stays")
    }

    @Test func aCrashLoopThatPrintsItsPasswordDoesNotShowIt() throws {
        let object = SmallWorld.object { $0["env"] = [["name": "PASSWORD", "valueFrom": ["secretKeyRef": ["name": "gateway", "key": "password"]]]] }
        let desired = try SmallWorld.desired(object, inputs: ConfigInputs(secrets: ["gateway": ["password": Hidden(Array("hunter2-canary\n".utf8))]]))
        var world = try world(.ready)
        world.containers[0].deaths = (0..<5).map { world.now + .seconds(Int64($0) * 10 - 60) }
        world.containers[0].restartPolicy = .no
        world.containers[0].state = .exited
        world.containers[0].exitCode = 1
        world.containers[0].finished = world.now
        world.containers[0].revision = desired.revision
        world.containers[0].lastLines = Hidden("can't log in with hunter2-canary!")
        let assessment = EnvironmentPlanner.assess(desired: desired, observed: world.observed(desired), now: world.now)
        let status = EnvironmentStatus.status(
            of: object, .assessed(desired, world.observed(desired), assessment), trouble: nil, policy: EnvironmentPolicy(installation: SmallWorld.installation), now: world.now)
        #expect(!status.text.contains("hunter2") && status.text.contains("can't log in with ***!"), "\(status)")
    }

    @Test func restartPolicyDecidesWhatAnEndMeans() throws {
        for (policy, code, starts) in [("Always", 0, true), ("Always", 1, true), ("OnFailure", 1, true), ("OnFailure", 0, false), ("Never", 1, false)] {
            var world = try world(code == 0 ? .exitedWell : .exitedBadly)
            world.containers[0].restartPolicy = policy == "Always" ? .unlessStopped : policy == "Never" ? .no : .onFailure
            let plan = try assess(world, SmallWorld.object { $0["restartPolicy"] = .string(policy) }).plan
            #expect(plan.actions.isEmpty != starts, "\(policy) after exit code \(code)")
        }
    }

    @Test func whatFailedIsTriedAgainWithGrowingPauses() throws {
        let desired = try SmallWorld.desired(SmallWorld.object())
        var world = SmallWorld()
        world.network = .ours(id: "n1")
        for (count, pause) in [(1, 10), (2, 20), (5, 160), (9, 300)] as [(Int, Int64)] {
            var observed = world.observed(desired)
            observed.failures = [
                .init(subject: .pull(image: "demo:1"), issue: EnvironmentIssue(.imageUnavailable, "no such image"), at: world.now + .seconds(-1), count: count)
            ]
            let early = EnvironmentPlanner.assess(desired: desired, observed: observed, now: world.now)
            #expect(early.plan.actions.isEmpty && early.plan.wake == .after(.seconds(pause - 1)))
            #expect(early.issues.map(\.reason) == [.imageUnavailable])
            let due = EnvironmentPlanner.assess(desired: desired, observed: observed, now: world.now + .seconds(pause - 1))
            #expect(due.plan.actions.contains { $0.summary == "pull image demo:1" })
        }
    }

    @Test func nothingOfOthersIsTouched() throws {
        let desired = try SmallWorld.desired(SmallWorld.object())
        var world = SmallWorld()
        world.hasImage = true
        world.network = .foreign(id: "deadbeef")
        let named = EnvironmentPlanner.assess(desired: desired, observed: world.observed(desired), now: world.now)
        #expect(named.plan.actions.isEmpty && named.issues.map(\.reason) == [.nameConflict])

        let deleted = try SmallWorld.desired(
            SmallWorld.object(deleting: true) { $0["persistentVolumeClaimRetentionPolicy"] = ["whenDeleted": "Delete"] })
        world.volumes = [.init(name: "someones-data", claim: "data", ordinal: 0), .init(name: deleted.identity.volumeName(claim: "data", ordinal: 0))]
        #expect(EnvironmentPlanner.plan(desired: deleted, observed: world.observed(deleted), now: world.now).actions.isEmpty)
    }

    @Test func filesGoInBeforeTheStartAndAgainIfItWasNeverStarted() throws {
        let object = SmallWorld.object {
            $0["volumes"] = [["name": "pages", "configMap": ["name": "pages"]]]
            $0["volumeMounts"] = [["name": "data", "mountPath": "/data"], ["name": "pages", "mountPath": "/pages"]]
        }
        let inputs = ConfigInputs(configMaps: ["pages": ["index.html": Hidden(Array("hello".utf8))]])
        let desired = try SmallWorld.desired(object, inputs: inputs)
        var world = SmallWorld()
        world.hasImage = true
        let plan = EnvironmentPlanner.plan(desired: desired, observed: world.observed(desired), now: world.now)
        #expect(plan.actions.map { $0.summary.split(separator: " ")[0] } == ["create", "create", "create", "copy", "start"])
        for action in plan.actions.dropLast() { try world.act(action, desired) }
        let again = EnvironmentPlanner.plan(desired: desired, observed: world.observed(desired), now: world.now)
        #expect(again.actions.map { $0.summary.split(separator: " ")[0] } == ["copy", "start"])
        let changed = try SmallWorld.desired(object, inputs: ConfigInputs(configMaps: ["pages": ["index.html": Hidden(Array("other".utf8))]]))
        #expect(changed.facts.difference(from: desired.facts) == "files of /pages changed")
    }

    @Test func theSaltOfSecretsGoesIntoEveryDigest() throws {
        let object = SmallWorld.object { $0["env"] = [["name": "PASSWORD", "valueFrom": ["secretKeyRef": ["name": "gateway", "key": "password"]]]] }
        var inputs = ConfigInputs(secrets: ["gateway": ["password": Hidden(Array("1234".utf8))]])
        let plain = try SmallWorld.desired(object, inputs: inputs).revision
        inputs.salt = Hidden("5f0c2a7e")
        let salted = try SmallWorld.desired(object, inputs: inputs).revision
        #expect(plain != salted && !"\(inputs)".contains("5f0c2a7e"))
    }
}
