import Glibc
import Platform
import ServiceKit
import TestSupport
import Testing

@testable import PipelineProcess

/// Where a worker's memory cgroup is made, and that the kernel ends what grows beyond it.
///
/// One after the other: they make groups at the same place.
@Suite(.serialized) struct MemoryGroupTests {
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

    /// The files of version 2 as the kernel makes them, in a directory of ours: on a machine whose memory controller is bound to version 1 the kernel's own can't be had.
    @Test func versionTwoIsBoundAndToldOfByItsFiles() throws {
        let parent = try TemporaryDirectory()
        defer { parent.remove() }
        let path = "\(parent.path)/millwright-worker-1-1"
        try Files.makeDirectory(path, mode: 0o755)
        let group = MemoryGroup(path, .two)
        func put(_ text: String, _ file: String) throws { try Files.write(Array(text.utf8), to: file, mode: 0o644, isDurable: false) }
        // The controller isn't handed down yet: it is asked for, and without the files nothing is bound.
        try put("", "\(parent.path)/cgroup.subtree_control")
        #expect(!group.bound(48 << 20, in: parent.path))
        #expect(try Files.text("\(parent.path)/cgroup.subtree_control") == "+memory")
        for (file, text) in [("cgroup.procs", ""), ("memory.max", ""), ("memory.swap.max", ""), ("memory.events", "low 0\nhigh 0\nmax 7\noom 1\noom_kill 0\noom_group_kill 0\n")] { try put(text, "\(path)/\(file)") }
        #expect(group.bound(48 << 20, in: parent.path))
        #expect(try Files.text("\(path)/memory.max") == "50331648" && Files.text("\(path)/memory.swap.max") == "0")
        #expect(group.add(4711))
        #expect(try Files.text("\(path)/cgroup.procs") == "4711")
        // `oom` alone is a refused allocation; `oom_group_kill` another line that begins the same.
        #expect(!group.hasKilled)
        try put("low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\noom_group_kill 0\n", "\(path)/memory.events")
        #expect(group.hasKilled)
    }

    /// On a real version 2 hierarchy: a process is moved, a group with a process in it stays until that is gone, and where the memory controller is elsewhere no group is left behind.
    @Test func onARealVersionTwoProcessesMoveAndEmptyGroupsGo() throws {
        let mounts = try Files.text("/proc/self/mountinfo"), groups = try Files.text("/proc/self/cgroup")
        let unified = groups.split(separator: "\n").filter { $0.hasPrefix("0::") }.joined()
        guard let place = MemoryGroup.places(groups: unified, mounts: mounts).first, case let path = "\(place.directory)/millwright-worker-\(getpid())-test", mkdir(path, 0o755) == 0 else {
            _ = Capability.check("cgroup", "no version 2 hierarchy is mounted here that a group could be made in")
            #expect(!Capability.required.contains("cgroup"))
            return
        }
        let group = MemoryGroup(path, .two)
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let child = try ChildProcess(ChildCommand(path: "/bin/sh", arguments: ["-c", "read go"], environment: ["PATH=/usr/bin:/bin"], descriptors: [(ends[0], 0)], closesAfterStart: [ends[0]]))
        #expect(group.add(child.pid))
        #expect(try Files.text("\(path)/cgroup.procs") == "\(child.pid)\n")
        #expect(rmdir(path) != 0 && errno == EBUSY)
        close(ends[1])
        while child.poll() == nil { usleep(2000) }
        group.remove()
        #expect(access(path, F_OK) != 0, "the group stays behind")
        // With the controller bound elsewhere there is no bound, and no group; with it a bounded one, unless this process is itself in the group that would have to hand it down.
        let made = MemoryGroup.make(limit: 48 << 20, groups: unified, mounts: mounts)
        let hasMemory = try Files.text("\(place.directory)/cgroup.controllers").contains("memory")
        if !hasMemory { #expect(made == nil) }
        if let made { #expect(try Files.text("\(made.path)/memory.max") == "\(48 << 20)\n") }
        #expect(try Files.list(place.directory).allSatisfy { !$0.hasPrefix("millwright-worker-\(getpid())-") || made?.path.hasSuffix($0) == true })
        made?.remove()
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
