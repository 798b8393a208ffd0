package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.FieldMask;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every `ApiClient` promises, whoever serves it: each test uses a client with every right on an API of its own.
/// An implementation extends it and says which client is tried.
public abstract class ApiClientContract {
    private static final Gvr MAPS = new Gvr("", "v1", "configmaps");
    private static final Gvr NAMESPACES = new Gvr("", "v1", "namespaces");
    private static final Gvr PODS = new Gvr("", "v1", "pods");
    private static final Gvr NODES = new Gvr("", "v1", "nodes");

    /// A client with every right.
    protected abstract ApiClient client();

    /// Makes what the tests need; who overrides it makes the API first.
    @BeforeEach
    protected void makeNamespace() {
        if (client().find(NAMESPACES, Key.of("default")).isEmpty()) {
            client().create(NAMESPACES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                    Struct.of("name", "default"))), WriteOptions.PLAIN);
        }
    }

    private static Obj map(String name, String value) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata", Struct.of("name", name,
                "namespace", "default", "labels", Struct.of("app", "contract")), "data", Struct.of("k", value)));
    }

    private static Key key(String name) {
        return new Key("default", name);
    }

    private Obj created(String name) {
        return client().create(MAPS, map(name, "v"), WriteOptions.PLAIN);
    }

    private static void refused(int code, String reason, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(ApiFault.class, f -> {
            assertThat(f.code()).isEqualTo(code);
            assertThat(f.reason()).isEqualTo(reason);
        });
    }

    @Test
    void readsWhatItHasWritten() {
        Obj made = created("read");
        assertThat(made.revision()).isPositive();
        assertThat(client().get(MAPS, key("read"))).isEqualTo(made);
        assertThat(client().find(MAPS, key("read"))).contains(made);
        Obj changed = client().update(MAPS, made.with("w", "data", "k"), WriteOptions.PLAIN);
        assertThat(changed.revision()).isGreaterThan(made.revision());
        assertThat(client().get(MAPS, key("read")).at("data", "k")).isEqualTo("w");
    }

    @Test
    void tellsInUpstreamsWordsWhatItRefuses() {
        Obj made = created("refused");
        refused(404, "NotFound", () -> client().get(MAPS, key("absent")));
        assertThat(client().find(MAPS, key("absent"))).isEmpty();
        refused(404, "NotFound", () -> client().find(new Gvr("", "v1", "unicorns"), key("absent")));
        refused(409, "AlreadyExists", () -> created("refused"));
        client().update(MAPS, made.with("w", "data", "k"), WriteOptions.PLAIN);
        refused(409, "Conflict", () -> client().update(MAPS, made.with("x", "data", "k"), WriteOptions.PLAIN));
        refused(422, "Invalid", () -> client().create(MAPS, map("No Name", "v"), WriteOptions.PLAIN));
        refused(404, "NotFound", () -> client().delete(MAPS, key("absent"), DeleteOptions.PLAIN));
        refused(409, "Conflict", () -> client().delete(MAPS, key("refused"), DeleteOptions.PLAIN.ifUid("another")));
    }

    @Test
    void tellsInUpstreamsWordsWhichPreconditionIsNotMet() {
        Obj made = created("kept");
        String refusal = "Operation cannot be fulfilled on ConfigMap \"kept\": the ";
        assertThatThrownBy(() -> client().delete(MAPS, made.key(), DeleteOptions.PLAIN.ifUid("another"))).hasMessage(
                refusal + "UID in the precondition (another) does not match the UID in record (" + made.uid()
                        + "). The object might have been deleted and then recreated");
        long other = made.revision() + 1;
        assertThatThrownBy(() -> client().delete(MAPS, made.key(), new DeleteOptions(-1, "", "", other))).hasMessage(
                refusal + "ResourceVersion in the precondition (" + other + ") does not match the ResourceVersion in"
                        + " record (" + made.revision() + "). The object might have been modified");
        client().delete(MAPS, made.key(), new DeleteOptions(-1, "", made.uid(), made.revision()));
    }

    @Test
    void changesByEveryKindOfPatch() {
        created("patched");
        client().patch(MAPS, key("patched"), new Patch.Json(Seq.of(Struct.of("op", "add", "path", "/data/json",
                "value", "1"))), WriteOptions.PLAIN);
        client().patch(MAPS, key("patched"), new Patch.Merge(Struct.of("data", Struct.of("merge", "2"))),
                WriteOptions.PLAIN);
        client().patch(MAPS, key("patched"), new Patch.Strategic(Struct.of("data", Struct.of("strategic", "3"))),
                WriteOptions.PLAIN);
        Obj applied = client().patch(MAPS, key("patched"), new Patch.Apply(map("patched", "4").tree()),
                WriteOptions.PLAIN.by("contract").forced());
        assertThat(applied.tree().struct("data"))
                .isEqualTo(Struct.of("k", "4", "json", "1", "merge", "2", "strategic", "3"));
        assertThat(applied.metadata().seq("managedFields").find("manager", "contract").text("operation"))
                .isEqualTo("Apply");
    }

    @Test
    void createsWhatIsAppliedAndIsNotThere() {
        client().patch(MAPS, key("applied"), new Patch.Apply(map("applied", "v").tree()),
                WriteOptions.PLAIN.by("contract"));
        assertThat(client().get(MAPS, key("applied")).at("data", "k")).isEqualTo("v");
    }

    @Test
    void writesNothingInADryRun() {
        client().create(MAPS, map("dry", "v"), new WriteOptions("", "", false, true));
        assertThat(client().find(MAPS, key("dry"))).isEmpty();
    }

    @Test
    void writesStatusApart() {
        client().create(NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "status-node"))), WriteOptions.PLAIN);
        Obj node = client().get(NODES, Key.of("status-node"));
        client().update(NODES, node.with("k3j://other", "spec", "providerID")
                .with(Struct.of("phase", "Running"), "status"), WriteOptions.STATUS);
        Obj after = client().get(NODES, Key.of("status-node"));
        assertThat(after.status().text("phase")).isEqualTo("Running");
        assertThat(after.spec().text("providerID")).isEmpty();
    }

    @Test
    void writesNothingToAnotherObjectOfTheName() {
        Obj first = created("again");
        client().delete(MAPS, first.key(), DeleteOptions.PLAIN);
        refused(404, "NotFound", () -> client().update(MAPS, first.withRevision(0), WriteOptions.PLAIN));
        Obj second = created("again");
        refused(409, "Conflict", () -> client().update(MAPS, first.withRevision(0), WriteOptions.PLAIN));
        assertThat(client().get(MAPS, second.key())).isEqualTo(second);

        Obj node = Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "again")));
        Obj old = client().create(NODES, node, WriteOptions.PLAIN);
        client().delete(NODES, old.key(), DeleteOptions.PLAIN);
        Obj now = client().create(NODES, node, WriteOptions.PLAIN);
        Obj late = old.with("Running", "status", "phase");
        refused(409, "Conflict", () -> client().update(NODES, late, WriteOptions.STATUS));
        refused(409, "Conflict", () -> client().update(NODES, late.withRevision(0), WriteOptions.STATUS));
        assertThat(client().get(NODES, now.key())).isEqualTo(now);
    }

    @Test
    void listsWhatAQuerySelectsWithItsKind() {
        for (int i = 0; i < 5; i++) {
            created("list-" + i);
        }
        Query query = Query.in("default").labelled(Selector.parse("app=contract")).where("metadata.name", "list-3");
        assertThat(client().list(MAPS, query).items()).containsExactly(client().get(MAPS, key("list-3")));
        assertThat(client().list(MAPS, Query.in("nowhere")).items()).isEmpty();
        client().deleteAll(MAPS, Query.in("default").labelled(Selector.parse("app=contract")), DeleteOptions.NOW);
        assertThat(client().list(MAPS, Query.in("default")).items()).isEmpty();
        assertThat(client().list(MAPS, Query.ALL).revision()).isPositive();
    }

    @Test
    void listsMoreThanOnePage() {
        for (int i = 0; i < 600; i++) {
            created("page-" + i);
        }
        assertThat(client().list(MAPS, Query.in("default")).items()).hasSizeGreaterThanOrEqualTo(600);
    }

    @Test
    void namesEveryMainResource() {
        List<ApiResource> all = client().resources();
        assertThat(client().discover()).isEqualTo(new ApiClient.Discovered(all, List.of()));
        assertThat(all).filteredOn(r -> r.resource().equals(PODS)).singleElement().satisfies(r -> {
            assertThat(r.kind()).isEqualTo("Pod");
            assertThat(r.namespaced()).isTrue();
            assertThat(r.can("deletecollection")).isTrue();
        });
        assertThat(all).extracting(r -> r.resource().qualified()).contains("deployments.apps", "nodes")
                .noneMatch(name -> name.contains("/")).doesNotHaveDuplicates();
    }

    @Test
    void tellsAListenerEveryChangeOnceAndInOrder() throws InterruptedException {
        client().deleteAll(MAPS, Query.in("default"), DeleteOptions.NOW);
        created("old");
        Recorder recorder = new Recorder();
        try (View view = client().view(MAPS, Query.in("default"))) {
            view.listen(recorder);
            assertThat(recorder.next(2)).containsExactly("+old", "synced");
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Obj made = created("n" + i);
                client().update(MAPS, made.with("w", "data", "k"), WriteOptions.PLAIN);
                client().delete(MAPS, made.key(), DeleteOptions.PLAIN);
                expected.addAll(List.of("+n" + i, "~n" + i, "-n" + i));
            }
            assertThat(recorder.next(150)).isEqualTo(expected);
            assertThat(recorder.revisions()).isSorted().doesNotHaveDuplicates();
            assertThat(view.list()).extracting(Obj::name).containsExactly("old");
            assertThat(view.get(key("n1"))).isEmpty();
            assertThat(view.list("default")).hasSize(1);
            assertThat(view.list("nowhere")).isEmpty();
            assertThat(view.revision()).isGreaterThanOrEqualTo(recorder.revisions().getLast());
        }
        created("late");
        assertThat(recorder.rest()).isEmpty();
    }

    @Test
    void countsWhatIsNoLongerSelectedAsGone() throws InterruptedException {
        Obj made = created("selected");
        Recorder recorder = new Recorder();
        try (View view = client().view(MAPS, Query.in("default").labelled(Selector.parse("app=contract"))
                .where("metadata.name", "selected"))) {
            view.listen(recorder);
            assertThat(recorder.next(2)).containsExactly("+selected", "synced");
            Obj away = client().update(MAPS, made.with("other", "metadata", "labels", "app"), WriteOptions.PLAIN);
            assertThat(recorder.next(1)).containsExactly("-selected");
            client().update(MAPS, away.with("contract", "metadata", "labels", "app"), WriteOptions.PLAIN);
            assertThat(recorder.next(1)).containsExactly("+selected");
        }
    }

    @Test
    void aViewOfSomeFieldsHasThoseAndTellsOfThem() throws InterruptedException {
        Obj made = created("some");
        Recorder recorder = new Recorder();
        try (View view = client().view(MAPS, Query.in("default").where("metadata.name", "some"),
                FieldMask.IDENTITY.with("metadata", "labels"))) {
            view.listen(recorder);
            assertThat(recorder.next(2)).containsExactly("+some", "synced");
            client().update(MAPS, made.with("other", "metadata", "labels", "app"), WriteOptions.PLAIN);
            assertThat(recorder.next(1)).containsExactly("~some");
            assertThat(view.get(key("some"))).hasValueSatisfying(now -> {
                assertThat(now.labels()).containsEntry("app", "other");
                assertThat(now.uid()).isEqualTo(made.uid());
            });
            client().delete(MAPS, made.key(), DeleteOptions.PLAIN);
            assertThat(recorder.next(1)).containsExactly("-some");
        }
    }

    @Test
    void showsAViewWithoutAListener() {
        Obj made = created("shown");
        try (View view = client().view(MAPS, Query.in("default"))) {
            assertThat(view.get(key("shown"))).contains(made);
            assertThat(view.list()).contains(made);
        }
    }

    @Test
    void letsOneSlowListenerHoldUpNobody() throws InterruptedException {
        Recorder quick = new Recorder();
        try (View slow = client().view(MAPS, Query.in("default"));
                View other = client().view(MAPS,
                        Query.in("default"))) {
            CountDownLatch stuck = new CountDownLatch(1);
            slow.listen((before, after) -> {
                try {
                    stuck.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            created("slow-0");
            other.listen(quick);
            created("slow-1");
            List<String> words = new ArrayList<>();
            while (!words.contains("+slow-1")) {
                words.addAll(quick.next(1));
            }
            stuck.countDown();
        }
    }

    @Test
    void refusesAnIdentityThatIsNotDeclared() {
        assertThatThrownBy(() -> client().as("system:somebody-else")).isInstanceOf(IllegalArgumentException.class);
    }
}
