package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.TimeSource;
import io.k3j.kubeletconfig.EffectiveConfiguration;
import io.k3j.kubeletserver.HostedPod;
import io.k3j.kubeletserver.KubeletHost;
import io.k3j.kubeletvolumes.VolumeStats;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The agent as the kubelet's HTTP server sees it.
record ServedKubelet(Dependencies tools, ApiClient api, PodWorkers workers) implements KubeletHost {
    /// Upstream's `nodeLogDir`.
    private static final Path NODE_LOGS = Path.of("/var/log");

    @Override
    public String nodeName() {
        return tools.options().nodeName();
    }

    @Override
    public Path rootDir() {
        return tools.options().rootDir();
    }

    @Override
    public Path podDir(String uid) {
        return tools.options().podDir(uid);
    }

    @Override
    public Path podLogs(Obj pod) {
        return tools.options().podLogs(pod.namespace(), pod.name(), pod.uid());
    }

    @Override
    public List<Path> logDirectories() {
        return List.of(NODE_LOGS, tools.options().logDir());
    }

    @Override
    public VolumeStats volumeStats() {
        return tools.volumes().stats();
    }

    @Override
    public ContainerRuntime runtime() {
        return tools.runtime();
    }

    @Override
    public TimeSource clock() {
        return tools.clock();
    }

    @Override
    public boolean open() {
        return tools.closed().getCount() > 0;
    }

    @Override
    public Collection<? extends HostedPod> pods() {
        return workers.all();
    }

    @Override
    public Optional<? extends HostedPod> pod(String namespace, String name) {
        return workers.find(namespace, name);
    }

    @Override
    public String probeMetrics() {
        return tools.handlers().metrics().text();
    }

    @Override
    public Struct configuration() {
        return EffectiveConfiguration.of(tools.options().defaults(), tools.options().arguments()).with("cgroupDriver",
                tools.cgroups().driver());
    }
}
