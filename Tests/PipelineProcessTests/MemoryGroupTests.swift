import Glibc
import Platform
import ServiceKit
import TestSupport
import Testing

@testable import PipelineProcess

/// Where a worker's memory cgroup is made, and that the kernel ends what grows beyond it.
@Suite struct MemoryGroupTests {
    private static let one = "36 35 0:31 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n37 35 0:32 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
    private static let two = "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"

    @Test func versionOneIsBelowTheOwnGroup() {
        #expect(MemoryGroup.places(groups: "9:cpu:/\n4:memory:/api/run\n0::/\n", mounts: Self.one) == [.init(version: .one, directory: "/sys/fs/cgroup/memory/api/run")])
        #expect(MemoryGroup.places(groups: "4:cpu,memory:/\n", mounts: Self.one) == [.init(version: .one, directory: "/sys/fs/cgroup/memory")])
    }

    @Test func aContainerSeesItsOwnGroupAsTheRoot() {
        let mounts = "36 35 0:31 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
        #expect(MemoryGroup.places(groups: "4:memory:/docker/abc\n", mounts: mounts) == [.init(version: .one, directory: "/sys/fs/cgroup/memory")])
    }

    @Test func versionTwoIsBelowOrBesideTheOwnGroupButInNobodysSlice() {
        #expect(
            MemoryGroup.places(groups: "0::/system.slice/millwright.service/control\n", mounts: Self.two) == [
                .init(version: .two, directory: "/sys/fs/cgroup/system.slice/millwright.service/control"), .init(version: .two, directory: "/sys/fs/cgroup/system.slice/millwright.service"),
            ])
        #expect(MemoryGroup.places(groups: "0::/system.slice/millwright.service\n", mounts: Self.two) == [.init(version: .two, directory: "/sys/fs/cgroup/system.slice/millwright.service")])
        #expect(MemoryGroup.places(groups: "4:memory:/\n0::/\n", mounts: Self.two + Self.one).map(\.version) == [.one, .two])
    }

    @Test func withoutAHierarchyThereIsNone() {
        #expect(MemoryGroup.places(groups: "", mounts: "").isEmpty)
        #expect(MemoryGroup.places(groups: "4:memory:/x\nnonsense\n", mounts: "broken line\n").isEmpty)
    }

    @Test func theKernelEndsWhatGrowsBeyondItsGroup() throws {
        guard let group = MemoryGroup.make(limit: 48 << 20) else {
            _ = Capability.check("cgroup", "this machine lets nobody make a memory cgroup here; only the watch bounds memory")
            #expect(!Capability.required.contains("cgroup"))
            return
        }
        // Reads a line that never ends, and waits with it until it is in the group.
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let child = try ChildProcess(
            ChildCommand(path: "/bin/sh", arguments: ["-c", "read go; exec tail /dev/zero"], environment: ["PATH=/usr/bin:/bin"], descriptors: [(ends[0], 0)], closesAfterStart: [ends[0]]))
        #expect(group.add(child.pid))
        _ = write(ends[1], "\n", 1)
        close(ends[1])
        var end: ChildEnd?
        while end == nil { end = child.poll(); usleep(2000) }
        #expect(end == .signaled(SIGKILL))
        #expect(group.hasKilled)
        #expect(group.path.contains("millwright-worker-\(getpid())-"))
        group.remove()
        #expect(access(group.path, F_OK) != 0, "the group stays behind")
    }
}
