package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.kubeletimages.ImageGarbageCollector;
import io.k3j.kubeletimages.ImageVolumes;
import io.k3j.kubeletoptions.CgroupOptions;
import io.k3j.kubeletoptions.ImageOptions;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kubeletoptions.KubeletSettings;
import io.k3j.kubeletoptions.NodeAllocatable;
import io.k3j.kubeletoptions.NodeOptions;
import io.k3j.kubeletoptions.UserNamespaceOptions;
import io.k3j.kubeletserver.CertificateMonitor;
import io.k3j.kubeletserver.HealthzPort;
import io.k3j.kubeletserver.KubeletHost;
import io.k3j.kubeletserver.PodWorkerMetrics;
import io.k3j.kubeletserver.StatsSummary;
import io.k3j.kubeletvolumes.Volumes;
import io.k3j.kuberuntime.Dns;
import io.k3j.kuberuntime.Environment;
import io.k3j.kuberuntime.PodTokens;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodefiles.Mounts;
import io.k3j.nodeshutdown.NodeShutdown;
import io.k3j.nodeshutdown.ShutdownInhibitor;
import io.k3j.nodestatus.MachineInfo;
import io.k3j.nodestatus.NodeLoop;
import io.k3j.nodestatus.NodeObject;
import io.k3j.nodestatus.OomWatcher;
import io.k3j.nodestatus.PluginFailures;
import io.k3j.podallocation.CurrentNode;
import io.k3j.podallocation.GroupsPolicy;
import io.k3j.podallocation.NodeAllocations;
import io.k3j.podallocation.NodeDevices;
import io.k3j.podallocation.NodeFit;
import io.k3j.podallocation.NodeResources;
import io.k3j.podstatus.StatusWriter;
import io.k3j.probes.HandlerRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Wires the parts of a kubelet without OSGi, so that tests can run one.
final class NodeAgent implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// How long loops and workers of pods have to end, altogether.
    static final Duration STOP = Duration.ofSeconds(3);
    /// How long upstream waits for the port of healthz.
    private static final Duration HEALTHZ_AGAIN = Duration.ofSeconds(5);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Dependencies tools;
    private final PodWorkers workers;
    private final EventRecording recording;
    private final ImageGarbageCollector collector;
    private final Evictions evictions;
    private final AllocatableEnforcement enforcement;
    private final NodeShutdown shutdown;
    private final NodeLoop node;
    private final Consumer<Boolean> ready;
    private final StaticPods staticPods;
    private final PluginFailures plugins;
    private final CertificateMonitor certificates;
    private final Optional<HealthzPort> healthz;
    private final CurrentApi api = new CurrentApi();
    private final CurrentDrivers drivers;
    private final LiveView pods;
    private final LiveView services;
    private @Nullable AutoCloseable runtimeEvents;
    private final Health health;
    private final List<SupervisedLoop> loops = new ArrayList<>();
    private boolean started;

    /// That of this machine.
    NodeAgent(KubeletSettings settings, ContainerRuntime runtime, TimeSource clock, Consumer<Boolean> ready,
            Health health) throws IOException {
        this(settings, KernelFiles.HOST, runtime, clock, ready, health);
    }

    /// @param ready called repeatedly with the readiness of the node
    /// @param health where loops report
    @SuppressWarnings("checkstyle:ParameterNumber") // each is another part of the machine
    NodeAgent(KubeletSettings settings, KernelFiles kernel, ContainerRuntime runtime, TimeSource clock,
            Consumer<Boolean> ready, Health health) throws IOException {
        this.health = health;
        this.ready = ready;
        KubeletOptions options = NodeParts.prepared(settings, kernel);
        MachineInfo facts = MachineInfo.read(List.of(settings.nodeIp()));
        NodeAllocatable allocatable = NodeAllocatable.of(options, facts, kernel.hugePages());
        ReferencedObjects references = new ReferencedObjects(api);
        Environment environment = NodeParts.environment(references, options, facts, allocatable);
        PodTokens tokens = new PodTokens(api, clock.monotonic());
        Events events = new Events(api, "kubelet", options.nodeName(), clock);
        Volumes.Warnings warnings = NodeParts.warnings(events);
        GatedSources gated = GatedSources.of(api, options.nodeName(), clock, warnings, settings.kubeletArg());
        Volumes volumes = NodeParts.volumes(options, references, gated.content(references, environment, tokens),
                clock, warnings).memory(allocatable.bytes());
        services = new LiveView(ReferencedObjects.SERVICES, Query.ALL, clock);
        NodeAllocations room = new NodeAllocations(allocatable.milliCpu(), allocatable.bytes());
        tools = new Dependencies(options, runtime, references, volumes, environment,
                NodeParts.cgroups(kernel, options, runtime), Dns.host(options.resolvConf()),
                new HandlerRunner(runtime, closed), ImageOptions.images(settings, options, runtime, references, clock),
                new StatusWriter(api, closed), events, clock, this::services, facts.addresses(), facts.memory(),
                CgroupOptions.memory(kernel.cgroups(), options, kernel.hugePages()),
                UserNamespaceOptions.of(options, facts.cpus(), runtime), room, tokens, gated.watches(clock),
                admission(options, room, runtime, clock), new StartGates(),
                NodeParts.claims(options, api, clock), new PodWorkerMetrics(), closed);
        drivers = new CurrentDrivers(NodeParts.host(options, api), volumes);
        plugins = new PluginFailures(api, options.nodeName(), health, tools.events(), clock);
        workers = new PodWorkers(tools);
        recording = new EventRecording(tools);
        certificates = new CertificateMonitor(options.dataDir(), options.nodeName(), api, events, clock);
        healthz = options.healthz(List.of(settings.nodeIp())).map(a -> new HealthzPort(health, a, HEALTHZ_AGAIN));
        staticPods = new StaticPods(tools, api, workers);
        collector = collector(options);
        enforcement = new AllocatableEnforcement(tools, allocatable);
        shutdown = new NodeShutdown(new ShutdownPods(tools, workers, () -> node().news()), options.shutdown(),
                ShutdownInhibitor.host(), closed);
        evictions = new Evictions(tools, workers, new StatsSummary(served())::get, collector,
                allocatable.limits(0).memory());
        node = new NodeLoop(api, runtime, object(settings, facts, allocatable, kernel), events, clock, closed);
        pods = new LiveView(ReferencedObjects.PODS, Query.ALL.where("spec.nodeName", options.nodeName()), clock);
    }

    private NodeObject object(KubeletSettings settings, MachineInfo facts, NodeAllocatable allocatable,
            KernelFiles kernel) {
        return new NodeObject(
                NodeOptions.of(tools.options(), settings, facts, allocatable, () -> shutdown().trouble()), facts,
                () -> evictions().conditions(), tools.admission().resources().devices()::told,
                kernel.hugePages()::told);
    }

    private PodAdmission admission(KubeletOptions options, NodeAllocations room, ContainerRuntime runtime,
            TimeSource clock) throws IOException {
        NodeDevices devices = NodeDevices.of(options.rootDir().toAbsolutePath(), clock, health, () -> node().news(),
                this::workers);
        return new PodAdmission(PodAdmission.patterns(options.arguments().getOrDefault("allowed-unsafe-sysctls", "")),
                MachineInfo.text("/sys/module/apparmor/parameters/enabled").strip().equals("Y"),
                new NodeFit(new CurrentNode(api, options.nodeName(), clock.monotonic()), room, this::evictions,
                        devices::raised),
                pod -> shutdown().refusal().or(() -> evictions().refusal(pod))
                        .or(() -> ImageVolumes.refusal(pod, runtime)).or(() -> GroupsPolicy.refusal(pod, runtime)),
                NodeResources.of(options, Path.of("/sys"), devices, this::workers));
    }

    private ImageGarbageCollector collector(KubeletOptions options) {
        ImageGarbageCollector images = new ImageGarbageCollector(tools.runtime(), options.imageLimits(),
                tools.clock().monotonic(), tools::warn);
        images.using(
                () -> ImageVolumes.used(workers.all().stream().map(PodWorker::pod).toList(), tools.runtime()));
        return images;
    }

    /// Uses this API client instead of the previous one; the first call starts the loops. The API may still refuse
    /// lists while its authorizers are missing; the views retry.
    synchronized void attach(ApiClient fresh) {
        api.attach(fresh);
        if (!started) {
            started = true;
            start();
        }
        services.attach(fresh);
        pods.attach(fresh);
        tools.watches().attach(fresh);
        drivers.apiAttached();
    }

    /// Stops using this API client. Pods keep running and are probed; the views keep their last state until the next
    /// client.
    synchronized void detach(ApiClient old) {
        if (api.detach(old)) {
            services.detach();
            pods.detach();
            tools.watches().detach();
            drivers.apiDetached();
        }
    }

    private void start() {
        loop("kubelet-node", () -> node.run(ready));
        loop("kubelet-plugins", () -> plugins.run(closed));
        loop("kubelet-dra", () -> tools.claims().run(closed, workers::wakeAll));
        loop("kubelet-certificates", () -> certificates.run(closed));
        healthz.ifPresent(port -> loop("kubelet-healthz", () -> port.run(closed)));
        loop("kubelet-events", recording::run);
        runtimeEvents = tools.runtime().events(workers::event);
        loop("kubelet-static-pods", staticPods::run);
        Housekeeping housekeeping = new Housekeeping(tools, workers, collector);
        loop("kubelet-housekeeping", housekeeping::run);
        loop("kubelet-leftovers", housekeeping::clear);
        loop("kubelet-logs", housekeeping::rotate);
        loop("kubelet-evictions", evictions::run);
        loop("kubelet-allocatable", enforcement::run);
        loop("kubelet-swap", () -> NodeParts.warnOfSwap(tools, NodeParts.SWAPS, new Mounts()::unswapped));
        tools.admission().resources().begin(this::loop, tools.runtime(), workers, closed);
        // a thread of its own: it waits in native code
        loops.add(SupervisedLoop.platform(health, "kubelet-shutdown", shutdown::run).start());
        loops.add(SupervisedLoop.platform(health, "kubelet-volume-stats", () -> tools.volumes().stats().run(closed))
                .start());
        loops.add(SupervisedLoop.platform(health, "kubelet-oom",
                () -> OomWatcher.host(m -> tools.warn(OomWatcher.REASON, m)).run(closed)).start());
        pods.listen(workers);
    }

    private void loop(String name, SupervisedLoop.Work work) {
        loops.add(SupervisedLoop.virtual(health, name, work).start());
    }

    /// The Services; listed directly while the view is not synced, since containers get their variables only once, at
    /// start.
    private Collection<Obj> services() {
        return services.synced() ? services.list() : api.list(ReferencedObjects.SERVICES, Query.ALL).items();
    }

    PodWorkers workers() {
        return workers;
    }

    /// Who makes volumes of drivers.
    CurrentDrivers drivers() {
        return drivers;
    }

    private Evictions evictions() {
        return evictions;
    }

    private NodeShutdown shutdown() {
        return shutdown;
    }

    private NodeLoop node() {
        return node;
    }

    /// The host of the kubelet's HTTP server.
    KubeletHost served() {
        return new ServedKubelet(tools, api, workers);
    }

    CertificateMonitor certificates() {
        return certificates;
    }

    /// Prometheus text of what pods' workers and evictions did.
    String metrics() {
        return workers.metrics().text(evictions::counts, tools.admission().rejections());
    }

    Dependencies tools() {
        return tools;
    }

    @Override
    public void close() {
        closeWithin(STOP);
    }

    /// Stops whatever works here, first all of it and then each: nothing of it writes any more when this returns,
    /// unless it goes on for longer.
    /// @param limit for all of it
    void closeWithin(Duration limit) {
        closed.countDown();
        loops.forEach(SupervisedLoop::interrupt);
        workers.interrupt();
        pods.close();
        services.close();
        tools.watches().close();
        drivers.close();
        shutdown.close();
        try {
            if (runtimeEvents != null) {
                runtimeEvents.close();
            }
        } catch (Exception e) {
            LOG.log(System.Logger.Level.DEBUG, "Event stream: {0}", e.getMessage());
        }
        long end = System.nanoTime() + limit.toNanos();
        loops.forEach(loop -> loop.stop(Duration.ofNanos(Math.max(0, end - System.nanoTime()))));
        workers.stop(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        tools.admission().resources().close();
    }
}
