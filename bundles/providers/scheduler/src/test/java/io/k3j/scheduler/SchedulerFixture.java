package io.k3j.scheduler;

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
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.util.Random;

/// A scheduler on an API of its own, which goes on only in [#settle].
final class SchedulerFixture {
    final ManualClock clock = new ManualClock();
    final FakeApi api = FakeApi.stepped(clock);
    private final LiveViews views = new LiveViews(clock);
    private final Events events = new Events(api, "default-scheduler", "", clock);
    private final SchedulerLoop loop;

    SchedulerFixture() {
        this(SchedulerConfiguration.DEFAULT);
    }

    SchedulerFixture(SchedulerConfiguration configuration) {
        EventHandlers watching = new EventHandlers(views, clock, configuration);
        loop = new SchedulerLoop(watching, new PodBinder(api, events, clock,
                Extenders.of(configuration.extenders())),
                () -> views.synced() && watching.initialized(), Runnable::run, new Random(1));
        views.attach(api);
    }

    void settle() {
        boolean some = true;
        while (some) {
            some = api.deliver() | loop.step() | events.step();
        }
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

    Obj pod(String name, Struct spec) {
        return api.create(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default", "labels", Struct.of("app", name.substring(0, 1))),
                "spec", spec.with("schedulerName", "default-scheduler"))), WriteOptions.PLAIN);
    }

    /// A spec with a container for each amount.
    static Struct cpu(String... amounts) {
        Seq all = Seq.EMPTY;
        for (String amount : amounts) {
            all = all.plus(Struct.of("name", "c" + all.size(), "image", "i", "resources",
                    Struct.of("requests", Struct.of("cpu", amount))));
        }
        return Struct.of("containers", all);
    }

    Obj get(String name) {
        return api.get(BuiltinResources.PODS, new Key("default", name));
    }

    String nodeOf(String name) {
        return get(name).spec().text("nodeName");
    }

    String why(String name) {
        return Conditions.find(get(name).status().seq("conditions"), "PodScheduled").map(c -> c.text("message"))
                .orElse("");
    }
}
