package io.k3j.stage;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Times;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/// Controllers over a fake API on a clock that stands still, and somebody who plays the nodes.
public final class Stage {
    private static final int MOST_STEPS = 100_000;
    private int addresses;
    /// The clock.
    public final ManualClock clock = new ManualClock();
    /// The API.
    public final FakeApi api = FakeApi.stepped(clock);
    /// The controllers.
    public final ControllerContext desk = new ControllerContext(api, clock);

    /// A stage with the controllers that are added to the desk.
    public Stage(Consumer<ControllerContext> controllers) {
        controllers.accept(desk);
        desk.attach();
    }

    /// Lets everybody work until nobody has anything to do at this instant.
    public Stage settle() {
        for (int i = 0; i < MOST_STEPS; i++) {
            boolean told = api.deliver();
            if (!desk.step() && !told) {
                return this;
            }
        }
        throw new IllegalStateException("does not come to rest");
    }

    /// Settles, moves the clock, settles.
    public Stage pass(Duration time) {
        settle();
        clock.advance(time);
        return settle();
    }

    /// Binds and starts every pod that waits, and removes those that are being deleted.
    public Stage runPods() {
        settle();
        for (Obj pod : pods()) {
            if (pod.terminating()) {
                api.delete(BuiltinResources.PODS, pod.key(), DeleteOptions.NOW);
            } else if (Pods.phase(pod).equals("Pending")) {
                run(pod.key());
            }
        }
        return settle();
    }

    /// Binds and starts one pod.
    public void run(Key key) {
        Obj pod = api.get(BuiltinResources.PODS, key);
        Seq ready = Seq.of(Struct.of("type", "Ready", "status", "True", "lastTransitionTime",
                Times.seconds(clock.instant())));
        api.seed(BuiltinResources.PODS, pod.with("node-1", "spec", "nodeName")
                .with(Struct.of("phase", "Running", "podIP", "10.42.0." + ++addresses, "conditions", ready), "status"));
    }

    /// Ends one pod in a phase.
    public void end(Key key, String phase) {
        Obj pod = api.get(BuiltinResources.PODS, key);
        api.seed(BuiltinResources.PODS, pod.with(phase, "status", "phase"));
    }

    /// All pods.
    public List<Obj> pods() {
        return all(BuiltinResources.PODS);
    }

    /// All objects of a resource.
    public List<Obj> all(Gvr resource) {
        return api.list(resource, Query.ALL).items();
    }

    /// One object, of namespace `default` if its resource has any.
    public Obj one(Gvr resource, String name) {
        return api.get(resource, cluster(resource) ? Key.of(name) : new Key("default", name));
    }

    private boolean cluster(Gvr resource) {
        return api.resources().stream().anyMatch(r -> r.resource().equals(resource) && !r.namespaced());
    }

    /// The messages of all events, in order of being told, as `Reason: message`.
    public List<String> events() {
        return all(BuiltinResources.EVENTS).stream().sorted(Comparator.comparingLong(Obj::revision))
                .map(e -> e.tree().text("reason") + ": " + e.tree().text("message")).toList();
    }

    /// A pod template with one container.
    public static Struct template(String app, String image) {
        return Struct.of("metadata", Struct.of("labels", Struct.of("app", app)), "spec",
                Struct.of("containers", Seq.of(Struct.of("name", "main", "image", image))));
    }

    /// An object of namespace `default`.
    public static Obj workload(String apiVersion, String kind, String name, Struct spec) {
        return Obj.of(Struct.of("apiVersion", apiVersion, "kind", kind, "metadata",
                Struct.of("name", name, "namespace", "default"), "spec", spec));
    }

    /// The spec of a workload with a selector on label `app`.
    public static Struct spec(String app, String image, long replicas) {
        return Struct.of("replicas", replicas, "selector", Struct.of("matchLabels", Struct.of("app", app)), "template",
                template(app, image));
    }
}
