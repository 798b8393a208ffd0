package io.k3j.scheduler;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulerconfig.SchedulerConfiguration;
import io.k3j.schedulerconfig.SchedulerProfile;
import io.k3j.schedulingqueue.SchedulingQueue;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;

/// A scheduler on an API in memory, moved by the test: writes run at once, or when the test says so.
final class SchedulerBed {
    final ManualClock clock;
    final FakeApi api;
    final EventHandlers watching;
    final SchedulerLoop loop;
    private final LiveViews views;
    private final Events events;
    private final Queue<Runnable> held = new ArrayDeque<>();
    private final Map<String, Runnable> hooks = new HashMap<>();
    private boolean holds;

    SchedulerBed() {
        this(new ManualClock());
    }

    private SchedulerBed(ManualClock clock) {
        this(clock, FakeApi.stepped(clock));
    }

    private SchedulerBed(ManualClock clock, FakeApi api) {
        this.clock = clock;
        this.api = api;
        this.views = new LiveViews(clock);
        this.watching = new EventHandlers(views, clock, SchedulerConfiguration.DEFAULT);
        this.events = new Events(api, PodBinder.SCHEDULER, "", clock);
        this.loop = new SchedulerLoop(watching, new PodBinder(hooked(), events, clock),
                () -> views.synced() && watching.initialized(), this::execute, dice());
        views.attach(api);
    }

    /// The scheduler of the next leader, on the same API.
    SchedulerBed successor() {
        views.close();
        return new SchedulerBed(clock, api);
    }

    private Random dice() {
        return new Random(1) {
            private static final long serialVersionUID = 1L;

            @Override
            public int nextInt(int bound) {
                hooked("dice");
                return super.nextInt(bound);
            }
        };
    }

    private void hooked(String what) {
        Runnable hook = hooks.remove(what);
        if (hook != null) {
            hook.run();
        }
    }

    private ApiClient hooked() {
        return (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(), new Class<?>[] {ApiClient.class},
                (proxy, method, arguments) -> {
                    hooked(method.getName());
                    try {
                        return method.invoke(api, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /// Runs this inside of the scheduler's next call of this method of the API, or of the next throw of its `dice`.
    void during(String method, Runnable hook) {
        hooks.put(method, hook);
    }

    private void execute(Runnable task) {
        if (holds) {
            held.add(task);
        } else {
            task.run();
        }
    }

    /// Holds back what is given to the executor, until [#release].
    void hold() {
        holds = true;
    }

    void release() {
        holds = false;
        while (!held.isEmpty()) {
            held.remove().run();
        }
    }

    void settle() {
        boolean some = true;
        while (some) {
            some = api.deliver() | loop.step() | events.step();
        }
    }

    /// Lets longer than any back-off pass.
    void later() {
        clock.advance(Duration.ofSeconds(11));
        settle();
    }

    Obj node(String name, String cpu, String... labels) {
        Struct.Builder map = Struct.builder().put("kubernetes.io/hostname", name);
        for (int i = 0; i < labels.length; i += 2) {
            map.put(labels[i], labels[i + 1]);
        }
        return api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name, "labels", map.build()), "spec", Struct.EMPTY, "status",
                Struct.of("allocatable", Struct.of("cpu", cpu, "memory", "8Gi", "pods", "110")))));
    }

    void taint(String name) {
        api.seed(BuiltinResources.NODES, api.get(BuiltinResources.NODES, Key.of(name))
                .with(Seq.of(Struct.of("key", "k", "value", "v", "effect", "NoSchedule")), "spec", "taints"));
    }

    Obj pod(String name, Struct spec) {
        return api.create(BuiltinResources.PODS, described(name, spec), WriteOptions.PLAIN);
    }

    /// A pod that runs already.
    Obj bound(String name, String node, Struct spec) {
        return api.seed(BuiltinResources.PODS, described(name, spec.with("nodeName", node)));
    }

    private static Obj described(String name, Struct spec) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default", "labels", Struct.of("app", name.substring(0, 1))),
                "spec", spec.with("schedulerName", PodBinder.SCHEDULER)));
    }

    static Struct cpu(String amount) {
        return Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i", "resources",
                Struct.of("requests", Struct.of("cpu", amount)))));
    }

    static Struct cpu(String amount, long priority) {
        return cpu(amount).with("priority", priority);
    }

    /// A hard spread constraint over host names, for pods of this label `app`.
    static Seq spread(String app) {
        return Seq.of(Struct.of("maxSkew", 1, "topologyKey", "kubernetes.io/hostname", "whenUnsatisfiable",
                "DoNotSchedule", "labelSelector", Struct.of("matchLabels", Struct.of("app", app))));
    }

    /// With the back-offs that a scheduler has without a file.
    static SchedulingQueue queue(ManualClock clock) {
        return new SchedulingQueue(clock, SchedulerConfiguration.DEFAULT.initialBackOff(),
                SchedulerConfiguration.DEFAULT.longestBackOff());
    }

    /// Measures nothing that a test looks at.
    static Timing untimed() {
        return new Timing(new SchedulerMetrics(InstantSource.system()), SchedulerProfile.DEFAULT_NAME, false);
    }

    Obj get(String name) {
        return api.get(BuiltinResources.PODS, key(name));
    }

    static Key key(String name) {
        return new Key("default", name);
    }

    String node(String name) {
        return get(name).spec().text("nodeName");
    }

    String nominated(String name) {
        return get(name).status().text("nominatedNodeName");
    }

    Struct scheduled(String name) {
        return Conditions.find(get(name).status().seq("conditions"), "PodScheduled").orElse(Struct.EMPTY);
    }

    List<String> said() {
        return api.list(BuiltinResources.EVENTS, Query.ALL).items().stream()
                .map(e -> e.tree().text("reason") + ": " + e.tree().text("message")).toList();
    }
}
