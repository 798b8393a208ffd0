package io.k3j.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Selected;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which owners a pod makes due.
class SelectedTest {
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final LiveView sets = new LiveView(BuiltinResources.REPLICA_SETS, Query.ALL, clock);
    private final LiveView pods = new LiveView(BuiltinResources.PODS, Query.ALL, clock);
    private final Function<Obj, List<Key>> selected = Selected.by(sets, this::selector);
    private int parsed;

    private Selector selector(Obj set) {
        parsed++;
        return Selector.of(set.spec().struct("selector"));
    }

    @BeforeEach
    void attach() {
        sets.attach(api);
        pods.attach(api);
    }

    private void set(String namespace, String name, Struct selector) {
        api.create(BuiltinResources.REPLICA_SETS, Obj.of(Struct.of("apiVersion", "apps/v1", "kind", "ReplicaSet",
                "metadata", Struct.of("name", name, "namespace", namespace), "spec",
                Struct.of("selector", selector))), WriteOptions.PLAIN);
    }

    private static Obj pod(Struct labels) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "default", "labels", labels)));
    }

    private List<String> of(Struct labels) {
        api.deliver();
        return selected.apply(pod(labels)).stream().map(Key::name).sorted().toList();
    }

    private static Struct expression(String key, String operator, Object... values) {
        return Struct.of("matchExpressions",
                Seq.of(Struct.of("key", key, "operator", operator, "values", Seq.of(values))));
    }

    @Test
    void ownersAreFoundByWhateverTheyAskFor() {
        set("default", "equal", Struct.of("matchLabels", Struct.of("app", "web")));
        set("default", "both", Struct.of("matchLabels", Struct.of("app", "web", "tier", "front")));
        set("default", "several", expression("app", "In", "web", "db"));
        set("default", "exists", expression("app", "Exists"));
        set("default", "without", expression("app", "NotIn", "db"));
        set("default", "everything", Struct.EMPTY);
        set("default", "strange", expression("app", "Like", "w%"));
        set("other", "elsewhere", Struct.of("matchLabels", Struct.of("app", "web")));
        assertThat(of(Struct.of("app", "web"))).containsExactly("equal", "everything", "exists", "several", "without");
        assertThat(of(Struct.of("tier", "front", "app", "web"))).contains("both");
        assertThat(of(Struct.of("app", "db"))).containsExactly("everything", "exists", "several");
        assertThat(of(Struct.EMPTY)).containsExactly("everything", "without");
    }

    @Test
    void anOwnerIsFoundByWhatItAsksForNow() {
        set("default", "web", Struct.of("matchLabels", Struct.of("app", "web")));
        assertThat(of(Struct.of("app", "web"))).containsExactly("web");
        Key key = new Key("default", "web");
        api.update(BuiltinResources.REPLICA_SETS, api.get(BuiltinResources.REPLICA_SETS, key)
                .with("db", "spec", "selector", "matchLabels", "app"), WriteOptions.PLAIN);
        assertThat(of(Struct.of("app", "web"))).isEmpty();
        assertThat(of(Struct.of("app", "db"))).containsExactly("web");
        api.vanish(BuiltinResources.REPLICA_SETS, key);
        assertThat(of(Struct.of("app", "db"))).isEmpty();
    }

    @Test
    void anObjectCostsALookAtThoseThatMaySelectItOnly() {
        for (int i = 0; i < 100; i++) {
            set("default", "web-" + i, Struct.of("matchLabels", Struct.of("app", "web-" + i)));
        }
        api.deliver();
        parsed = 0;
        assertThat(of(Struct.of("app", "web-7"))).containsExactly("web-7");
        assertThat(parsed).isEqualTo(1);
    }

    @Test
    void changesOfWhatNobodyReadsMakeNothingDue() {
        Controller loop = new Controller("test", api, clock, (key, writer) -> Requeue.NEVER)
                .on(pods, pod -> pod.metadata().struct("labels"), pod -> List.of(pod.key()));
        Obj made = api.create(BuiltinResources.PODS, pod(Struct.of("app", "web")), WriteOptions.PLAIN);
        api.deliver();
        assertThat(loop.step()).isTrue();
        Obj noted = api.seed(BuiltinResources.PODS, made.with("Running", "status", "phase"));
        api.deliver();
        assertThat(loop.step()).isFalse();
        api.seed(BuiltinResources.PODS, noted.with("db", "metadata", "labels", "app"));
        api.deliver();
        assertThat(loop.step()).isTrue();
        api.vanish(BuiltinResources.PODS, made.key());
        api.deliver();
        assertThat(loop.step()).isTrue();
    }
}
