package io.k3j.kubelet;

import io.k3j.childprocess.Command;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Obj;
import io.k3j.nodeapi.ContainerRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Everything a kubelet is made of, put together; without a framework, so that tests can run one.
final class NodeAgent implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Tools tools;
    private final PodWorkers workers;
    private final NodeLoop node;
    private final StaticPods staticPods;
    private final CurrentApi api = new CurrentApi();
    private final LiveView pods;
    private final LiveView services;
    private @Nullable AutoCloseable runtimeEvents;
    private final Health health;
    private final List<SupervisedLoop> loops = new ArrayList<>();
    private boolean started;

    /// @param ready told whether the node is ready, again and again
    /// @param health where its threads report
    NodeAgent(Settings settings, ContainerRuntime runtime, TimeSource clock, Consumer<Boolean> ready, Health health)
            throws IOException {
        this.health = health;
        Options options = Options.of(settings);
        NodeFacts facts = NodeFacts.read(settings);
        References references = new References(api);
        Environment environment = new Environment(references, new Environment.Node(options.nodeName(),
                facts.addresses(), facts.cpus() * 1000L, facts.memory()));
        Tokens tokens = new Tokens(api, clock.monotonic());
        Volumes volumes = new Volumes(options, references, new VolumeContent(references, environment, tokens),
                new Mounts(), clock);
        Hierarchies hierarchies = Hierarchies.at(Path.of("/sys/fs/cgroup"));
        Cgroups cgroups = new Cgroups(runtime.systemdCgroups()
                ? new SystemdDriver(hierarchies, List.of("systemctl"), new Command(SystemdDriver.LIMIT))
                : new CgroupfsDriver(hierarchies), options.cgroupRoot(), options.number("pod-max-pids", -1));
        Dns dns = Dns.host(Dns.hostFile(settings, options.dataDir().resolve("agent/etc/resolv.conf")));
        services = new LiveView(References.SERVICES, Query.ALL, clock);
        tools = new Tools(options, runtime, references, volumes, environment, cgroups, dns,
                new Handlers(runtime, closed), new Images(runtime, references, clock.monotonic()),
                new StatusWriter(api, closed),
                new Events(api, "kubelet", options.nodeName(), clock), clock, this::services, facts.addresses(),
                facts.memory(), new Room(facts.cpus() * 1000L, facts.memory()), tokens, new Watches(clock),
                new Admission(Admission.patterns(options.arguments().getOrDefault("allowed-unsafe-sysctls", "")),
                        NodeFacts.text("/sys/module/apparmor/parameters/enabled").strip().equals("Y")),
                closed);
        workers = new PodWorkers(tools);
        staticPods = new StaticPods(tools, api, workers);
        node = new NodeLoop(api, tools, new NodeObject(options, settings, facts), ready);
        pods = new LiveView(References.PODS, Query.ALL.where("spec.nodeName", options.nodeName()), clock);
    }

    /// Follows this API from now on, instead of any before; the first one starts its threads. The API may still
    /// refuse this node its pictures, as it does while its authorizers are on their way: they come when it gives them.
    synchronized void attach(ApiClient fresh) {
        api.come(fresh);
        if (!started) {
            started = true;
            start();
        }
        services.attach(fresh);
        pods.attach(fresh);
        tools.watches().attach(fresh);
    }

    /// This API is not asked any more. Pods run on and are probed; their pictures stand still until the next comes.
    synchronized void detach(ApiClient old) {
        if (api.gone(old)) {
            services.detach();
            pods.detach();
            tools.watches().detach();
        }
    }

    private void start() {
        loop("kubelet-node", node::run);
        loop("kubelet-events", this::events);
        runtimeEvents = tools.runtime().events(workers::event);
        loop("kubelet-static-pods", staticPods::run);
        loop("kubelet-housekeeping", new Housekeeping(tools, workers)::run);
        pods.listen(workers);
    }

    private void loop(String name, SupervisedLoop.Work work) {
        loops.add(SupervisedLoop.virtual(health, name, work).start());
    }

    /// Never an empty picture because it has not come yet: containers are told of services when they start.
    private Collection<Obj> services() {
        return services.synced() ? services.list() : api.list(References.SERVICES, Query.ALL).items();
    }

    private void events() {
        while (closed.getCount() > 0) {
            if (!tools.events().step()) {
                tools.events().await(Duration.ofSeconds(1));
            }
        }
    }

    PodWorkers workers() {
        return workers;
    }

    ApiClient api() {
        return api;
    }

    Tools tools() {
        return tools;
    }

    @Override
    public void close() {
        loops.forEach(SupervisedLoop::close);
        closed.countDown();
        pods.close();
        services.close();
        tools.watches().close();
        try {
            if (runtimeEvents != null) {
                runtimeEvents.close();
            }
        } catch (Exception e) {
            LOG.log(System.Logger.Level.DEBUG, "event stream: {0}", e.getMessage());
        }
        workers.close();
    }
}
