package io.k3j.cricontainerd;

import io.k3j.componentapi.Health;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.ContainerUsage;
import io.k3j.nodeapi.ExecResult;
import io.k3j.nodeapi.ImageStore;
import io.k3j.nodeapi.RuntimeEvent;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.RuntimeReadiness;
import io.k3j.nodeapi.RuntimeVersion;
import io.k3j.nodeapi.Sandbox;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Implements [ContainerRuntime] by CRI.
final class CriRuntime implements ContainerRuntime {
    private static final Duration MARGIN = Duration.ofSeconds(15);
    private final Cri cri;
    private final ImageStore images;
    private final CountDownLatch imported;
    private final Health health;
    private final boolean systemd;
    private final LongSupplier pid;
    private final SandboxStats sandboxStats;

    /// @param imported completed when the shipped images are imported: sandboxes wait for it, node readiness does not
    /// @param health where the event threads report
    /// @param pid of the runtime, 0 while it is not known; asked at each call
    @SuppressWarnings("checkstyle:ParameterNumber") // what the component knows of one runtime
    CriRuntime(Cri cri, ImageStore images, CountDownLatch imported, Health health, boolean systemd,
            LongSupplier pid) {
        this.cri = cri;
        this.images = images;
        this.imported = imported;
        this.health = health;
        this.systemd = systemd;
        this.pid = pid;
        sandboxStats = new SandboxStats(cri::runtime, Instant::now);
    }

    @Override
    public RuntimeVersion version() {
        Struct v = cri.runtime("Version", Struct.EMPTY);
        return new RuntimeVersion(v.text("runtimeName"), v.text("runtimeVersion"), v.text("runtimeApiVersion"));
    }

    @Override
    public RuntimeReadiness readiness() {
        List<Struct> all = cri.runtime("Status", Struct.EMPTY).struct("status").seq("conditions").structs();
        boolean runtime = false;
        boolean network = false;
        List<String> missing = new ArrayList<>();
        for (Struct c : all) {
            boolean holds = c.flag("status");
            runtime |= holds && c.text("type").equals("RuntimeReady");
            network |= holds && c.text("type").equals("NetworkReady");
            if (!holds) {
                missing.add(c.text("type") + "=false reason:" + c.text("reason") + " message:" + c.text("message"));
            }
        }
        return new RuntimeReadiness(runtime, network, String.join("; ", missing));
    }

    @Override
    public List<Handler> handlers() {
        return CriValues.handlers(cri.runtime("Status", Struct.EMPTY));
    }

    @Override
    public boolean supplementalGroupsPolicy() {
        return CriValues.groupsPolicy(cri.runtime("Status", Struct.EMPTY));
    }

    @Override
    public boolean systemdCgroups() {
        return systemd;
    }

    @Override
    public String runSandbox(Struct config, String handler) {
        try {
            imported.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RuntimeFault(RuntimeFault.Kind.UNAVAILABLE, "stopped while images are imported");
        }
        return cri.runtime("RunPodSandbox", Struct.of("config", config, "runtimeHandler", handler))
                .text("podSandboxId");
    }

    @Override
    public void stopSandbox(String id) {
        gone("StopPodSandbox", Struct.of("podSandboxId", id));
    }

    @Override
    public void removeSandbox(String id) {
        gone("RemovePodSandbox", Struct.of("podSandboxId", id));
    }

    @Override
    public Optional<Sandbox> sandbox(String id) {
        try {
            return Optional.of(CriValues.sandbox(
                    cri.runtime("PodSandboxStatus", Struct.of("podSandboxId", id)).struct("status")));
        } catch (RuntimeFault e) {
            return absent(e);
        }
    }

    @Override
    public List<Sandbox> sandboxes(Map<String, String> labels) {
        return cri.runtime("ListPodSandbox", filter(labels)).seq("items").structs().stream().map(CriValues::sandbox)
                .toList();
    }

    private static Struct filter(Map<String, String> labels) {
        return labels.isEmpty() ? Struct.EMPTY : Struct.of("filter", Struct.of("labelSelector", labels));
    }

    @Override
    public String createContainer(String sandbox, Struct config, Struct sandboxConfig) {
        return cri.runtime("CreateContainer",
                Struct.of("podSandboxId", sandbox, "config", config, "sandboxConfig", sandboxConfig))
                .text("containerId");
    }

    @Override
    public void startContainer(String id) {
        cri.runtime("StartContainer", Struct.of("containerId", id));
    }

    @Override
    public void stopContainer(String id, Duration grace) {
        try {
            cri.runtime("StopContainer", Struct.of("containerId", id, "timeout", grace.toSeconds()),
                    grace.plus(Duration.ofMinutes(1)));
        } catch (RuntimeFault e) {
            absent(e);
        }
    }

    @Override
    public void removeContainer(String id) {
        gone("RemoveContainer", Struct.of("containerId", id));
    }

    private void gone(String method, Struct request) {
        try {
            cri.runtime(method, request);
        } catch (RuntimeFault e) {
            absent(e);
        }
    }

    private static <T> Optional<T> absent(RuntimeFault e) {
        if (e.kind() != RuntimeFault.Kind.NOT_FOUND) {
            throw e;
        }
        return Optional.empty();
    }

    @Override
    public Optional<Container> container(String id) {
        try {
            return Optional.of(CriValues.container(
                    cri.runtime("ContainerStatus", Struct.of("containerId", id)).struct("status")));
        } catch (RuntimeFault e) {
            return absent(e);
        }
    }

    @Override
    public List<Container> containers(Map<String, String> labels) {
        return cri.runtime("ListContainers", filter(labels)).seq("containers").structs().stream().map(CriValues::listed)
                .toList();
    }

    @Override
    public void updateResources(String id, Struct linux) {
        cri.runtime("UpdateContainerResources", Struct.of("containerId", id, "linux", linux));
    }

    @Override
    public void reopenLog(String id) {
        cri.runtime("ReopenContainerLog", Struct.of("containerId", id));
    }

    @Override
    public ExecResult exec(String id, List<String> command, Duration timeout) {
        long seconds = Math.max(1, timeout.toSeconds());
        Struct r = cri.runtime("ExecSync", Struct.of("containerId", id, "cmd", command, "timeout", seconds),
                timeout.plus(MARGIN));
        return new ExecResult((int) r.whole("exitCode", 0), r.text("stdout").getBytes(StandardCharsets.ISO_8859_1),
                r.text("stderr").getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public URI stream(String kind, Struct request) {
        String url = cri.runtime(kind, request).text("url");
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw new RuntimeFault(RuntimeFault.Kind.FAILED, "the runtime's answer to " + kind + " is no URL: " + url);
        }
    }

    @Override
    public List<ContainerUsage> usage() {
        return cri.runtime("ListContainerStats", Struct.EMPTY).seq("stats").structs().stream()
                .filter(s -> s.has("cpu")).map(CriValues::usage).toList();
    }

    @Override
    public List<Sandbox.Usage> sandboxUsage() {
        return sandboxStats.all();
    }

    @Override
    public OptionalLong pid() {
        long now = pid.getAsLong();
        return now > 0 ? OptionalLong.of(now) : OptionalLong.empty();
    }

    @Override
    public ImageStore images() {
        return images;
    }

    @Override
    public AutoCloseable events(Consumer<RuntimeEvent> listener) {
        return new EventStream(cri, listener, Instant::now, health);
    }
}
