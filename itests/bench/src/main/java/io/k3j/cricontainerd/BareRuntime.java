package io.k3j.cricontainerd;

import io.k3j.model.Struct;
import java.nio.file.Path;
import java.util.List;

/// A client that asks a container runtime for pods as directly as CRI allows: the peer a node agent is measured with.
public final class BareRuntime implements AutoCloseable {
    private final Cri cri;

    /// Speaks to the runtime at this socket.
    public BareRuntime(Path socket) {
        cri = new Cri(socket);
    }

    /// Starts a pod of one container and removes it again.
    /// @return nanoseconds from the first call until the container runs
    public long start(String name, String image, List<String> command) {
        Struct sandbox = Struct.of("metadata",
                Struct.of("name", name, "namespace", "bench", "uid", "bench-" + name, "attempt", 0), "hostname", name,
                "logDirectory", "/var/log/pods/bench_" + name, "linux", Struct.EMPTY);
        long begin = System.nanoTime();
        String pod = cri.runtime("RunPodSandbox", Struct.of("config", sandbox)).text("podSandboxId");
        Struct container = Struct.of("metadata", Struct.of("name", "c", "attempt", 0), "image",
                Struct.of("image", image), "command", command, "logPath", "c.log", "linux", Struct.EMPTY);
        String id = cri.runtime("CreateContainer",
                Struct.of("podSandboxId", pod, "config", container, "sandboxConfig", sandbox)).text("containerId");
        cri.runtime("StartContainer", Struct.of("containerId", id));
        long took = System.nanoTime() - begin;
        cri.runtime("StopPodSandbox", Struct.of("podSandboxId", pod));
        cri.runtime("RemovePodSandbox", Struct.of("podSandboxId", pod));
        return took;
    }

    @Override
    public void close() {
        cri.close();
    }
}
