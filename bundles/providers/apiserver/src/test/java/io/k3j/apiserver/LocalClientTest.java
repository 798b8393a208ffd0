package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.watchcache.Follower;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalClientTest {
    private static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    private final TestServer server = new TestServer();
    private final ViewKeeper views = new ViewKeeper();
    private final ApiClient api = client("system:masters");

    private ApiClient client(String group) {
        Caller caller = Caller.of("system:controller", List.of(group));
        return new LocalClient(server.server.local(), user -> caller, caller, views);
    }

    @AfterEach
    void stop() {
        views.close();
        server.close();
    }

    private Obj create(String name, String label) {
        return api.create(CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", name, "namespace", "a", "labels", Struct.of("l", label)))), WriteOptions.PLAIN);
    }

    @Test
    void readsItsOwnWrites() {
        Obj made = create("one", "1");
        assertThat(made.revision()).isEqualTo(2);
        assertThat(made.uid()).isNotEmpty();
        assertThat(api.get(CONFIG_MAPS, made.key())).isEqualTo(made);
        Obj changed = api.update(CONFIG_MAPS, made.with("v", "data", "k"), WriteOptions.PLAIN);
        assertThat(api.list(CONFIG_MAPS, Query.ALL).items()).containsExactly(changed);
        assertThatThrownBy(() -> api.update(CONFIG_MAPS, made.with("w", "data", "k"), WriteOptions.PLAIN))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.reason()).isEqualTo("Conflict"));
        Obj patched = api.patch(CONFIG_MAPS, made.key(), new Patch.Merge(Struct.of("data", Struct.of("k", "x"))),
                WriteOptions.PLAIN);
        assertThat(patched.at("data", "k")).isEqualTo("x");
        api.delete(CONFIG_MAPS, made.key(), DeleteOptions.PLAIN);
        assertThat(api.find(CONFIG_MAPS, made.key())).isEmpty();
    }

    @Test
    void refusesAViewAtOnceWhilePluginsAreMissing() {
        Core.Policy policy = new Core.Policy(Set.of("RBAC"), Set.of(), AnonymousAuth.NOWHERE);
        try (TestServer starting = new TestServer(new MemoryDatastore(), policy)) {
            Caller proxy = Caller.of("system:kube-proxy", List.of());
            ApiClient early = new LocalClient(starting.server.local(), user -> proxy, proxy, views);
            assertThatThrownBy(() -> early.view(CONFIG_MAPS, Query.ALL))
                    .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(503))
                    .hasMessageContaining("on their way");
        }
    }

    /// Whoever comes back as an admission plug-in may have to read before it can decide.
    @Test
    void givesAViewWhileAnAdmissionPlugInIsBeingReplaced() {
        server.contributions.authorizers().add(
                (caller, what) -> new Authorizer.Decision(Authorizer.Verdict.ALLOW, ""), Map.of());
        Admission plugin = new Admission() {
            @Override
            public String name() {
                return "Acme";
            }

            @Override
            public boolean handles(Write write) {
                return false;
            }
        };
        server.contributions.admissions().add(plugin, Map.of());
        server.contributions.admissions().remove(plugin);
        assertThat(server.contributions.complete()).isFalse();
        Caller acme = Caller.of("system:serviceaccount:kube-system:acme", List.of());
        ApiClient other = new LocalClient(server.server.local(), user -> acme, acme, views);
        try (View view = other.view(CONFIG_MAPS, Query.ALL)) {
            assertThat(view.list()).isEmpty();
        }
    }

    @Test
    void isSubjectToAuthorization() {
        ApiClient other = client("nobody");
        assertThatThrownBy(() -> other.get(CONFIG_MAPS, new Key("a", "one")))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(403))
                .hasMessage("configmaps \"one\" is forbidden: User \"system:controller\" cannot get resource "
                        + "\"configmaps\" in API group \"\" in the namespace \"a\"");
        server.contributions.authorizers().add(
                (caller, what) -> new Authorizer.Decision(Authorizer.Verdict.ALLOW, ""), Map.of());
        assertThat(other.find(CONFIG_MAPS, new Key("a", "one"))).isEmpty();
    }

    @Test
    void whoMayDeleteOneMayNotDeleteACollection() {
        server.contributions.authorizers().add((caller, what) -> new Authorizer.Decision(
                what.name().equals("one") ? Authorizer.Verdict.ALLOW : Authorizer.Verdict.NO_OPINION, ""), Map.of());
        ApiClient other = client("nobody");
        assertThat(other.find(CONFIG_MAPS, new Key("a", "one"))).isEmpty();
        Query one = Query.in("a").where("metadata.name", "one");
        assertThatThrownBy(() -> other.deleteAll(CONFIG_MAPS, one, DeleteOptions.PLAIN))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(403));
    }

    @Test
    void deliversLiveChangesToAView() throws InterruptedException {
        create("one", "1");
        View view = api.view(CONFIG_MAPS, Query.ALL.labelled(Selector.parse("l=1")));
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        view.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                told.add((before == null ? "-" : before.name()) + ">" + (after == null ? "-" : after.name()));
            }

            @Override
            public void synced() {
                told.add("synced");
            }
        });
        assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("->one");
        assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("synced");
        create("two", "2");
        Obj three = create("three", "1");
        assertThat(view.list()).hasSize(2);
        assertThat(view.get(three.key())).contains(three);
        assertThat(view.get(new Key("a", "two"))).isEmpty();
        assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("->three");
        api.update(CONFIG_MAPS, three.with("2", "metadata", "labels", "l"), WriteOptions.PLAIN);
        assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("three>-");
        views.close();
        create("four", "1");
        assertThat(told).isEmpty();
    }

    /// Applies the changes it receives, and rejects those that do not follow from its state or are older than others.
    private static final class Picture implements View.Listener {
        private final Map<Key, Obj> objects = new ConcurrentHashMap<>();
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);
        private final BlockingQueue<String> wrong = new LinkedBlockingQueue<>();
        private long newest;

        @Override
        public void changed(@Nullable Obj before, @Nullable Obj after) {
            Key key = (after == null ? Objects.requireNonNull(before) : after).key();
            @Nullable
            Obj known = after == null ? objects.remove(key) : objects.put(key, after);
            if (!Objects.equals(known, before)) {
                wrong.add(known + " was " + before);
            }
            if (before != null && after != null && !before.uid().equals(after.uid())) {
                wrong.add(after + " took the place of " + before);
            }
            if (after != null && after.revision() <= newest) {
                wrong.add(after + " is older than " + newest);
            }
            newest = after == null ? newest : after.revision();
            if (key.name().equals("held")) {
                held.countDown();
                go();
            }
        }

        private void go() {
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void synced() {
            begun.countDown();
        }
    }

    @Test
    void aListenerThatThrowsWhateverItIsHearsOnAndNothingTwice() throws InterruptedException {
        View view = api.view(CONFIG_MAPS, Query.ALL);
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        view.listen((before, after) -> {
            heard.add(after == null ? "gone" : after.name());
            throw new AssertionError("broken on purpose");
        });
        create("one", "1");
        create("two", "2");
        assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("one");
        assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("two");
        view.close();
        assertThat(heard).isEmpty();
    }

    @Test
    void deliversTheDifferenceToAViewThatFellBehind() throws InterruptedException {
        View view = api.view(CONFIG_MAPS, Query.ALL);
        Picture picture = new Picture();
        view.listen(picture);
        // what there is at the beginning is told in no order of revisions
        assertThat(picture.begun.await(60, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 100; i++) {
            create("before-" + i, "1");
        }
        create("held", "1");
        assertThat(picture.held.await(60, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 20; i++) {
            api.delete(CONFIG_MAPS, new Key("a", "before-" + i), DeleteOptions.PLAIN);
        }
        create("before-1", "2");
        create("zero", "1");
        Obj counted = create("counted", "0");
        for (int i = 1; i <= Follower.MAX_PENDING; i++) {
            counted = api.update(CONFIG_MAPS, counted.with("" + i, "metadata", "labels", "l"), WriteOptions.PLAIN);
        }
        picture.go.countDown();
        Obj last = create("last", "1");
        for (int waited = 0; waited < 3_000 && !picture.objects.containsKey(last.key()); waited++) {
            assertThat(picture.wrong.poll(10, TimeUnit.MILLISECONDS)).isNull();
        }
        assertThat(picture.objects.values()).containsExactlyInAnyOrderElementsOf(view.list());
        assertThat(picture.wrong).isEmpty();
    }

    @Test
    void readsAndWritesReplicasThroughScale() {
        Gvr deployments = Gvr.of("apps/v1", "deployments");
        Obj made = api.create(deployments, Obj.of(Struct.of("apiVersion", "apps/v1", "kind", "Deployment", "metadata",
                Struct.of("name", "d", "namespace", "a"), "spec", Struct.of("replicas", 1, "selector",
                        Struct.of("matchLabels", Struct.of("app", "d"))))),
                WriteOptions.PLAIN);
        Struct scale = api.read(deployments, made.key(), "scale", Struct.EMPTY);
        assertThat(scale.struct("spec").whole("replicas", 0)).isEqualTo(1);
        assertThat(scale.struct("status").text("selector")).isEqualTo("app=d");
        Obj wanted = Obj.of(scale.withAt(3, "spec", "replicas"));
        Obj scaled = api.update(deployments, wanted, WriteOptions.of("scale"));
        assertThat(scaled.tree().text("kind")).isEqualTo("Scale");
        assertThat(api.get(deployments, made.key()).spec().whole("replicas", 0)).isEqualTo(3);
        assertThatThrownBy(() -> api.update(deployments, wanted, WriteOptions.of("scale")))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.reason()).isEqualTo("Conflict"));
        assertThatThrownBy(() -> api.read(CONFIG_MAPS, new Key("a", "one"), "scale", Struct.EMPTY))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(404));
        assertThatThrownBy(() -> client("nobody").read(deployments, made.key(), "scale", Struct.EMPTY))
                .hasMessageContaining("cannot get resource \"deployments/scale\"");
    }

    @Test
    void namesTheResourcesServed() {
        assertThat(api.resources()).anySatisfy(r -> {
            assertThat(r.resource()).isEqualTo(CONFIG_MAPS);
            assertThat(r.namespaced()).isTrue();
            assertThat(r.can("watch")).isTrue();
        });
    }
}
