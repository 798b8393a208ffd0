package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GarbageCollectorTest {
    private final Stage stage = new Stage(GarbageCollector::add);
    private Obj deployment = Obj.of(Struct.EMPTY);
    private Obj set = Obj.of(Struct.EMPTY);

    private Obj create(Gvr resource, String kind, String name, Obj... owners) {
        Struct metadata = Struct.of("name", name, "namespace", "default");
        if (owners.length > 0) {
            metadata = metadata.with("ownerReferences",
                    Seq.copyOf(Arrays.stream(owners).map(Obj::ownerReference).toList()));
        }
        return stage.api.create(resource,
                Obj.of(Struct.of("apiVersion", resource.apiVersion(), "kind", kind, "metadata",
                        metadata)),
                WriteOptions.PLAIN);
    }

    @BeforeEach
    void family() {
        deployment = create(BuiltinResources.DEPLOYMENTS, "Deployment", "d");
        set = create(BuiltinResources.REPLICA_SETS, "ReplicaSet", "s", deployment);
        create(BuiltinResources.PODS, "Pod", "p", set);
        stage.pass(Duration.ofMillis(100));
    }

    private void delete(String propagation) {
        stage.api.delete(BuiltinResources.DEPLOYMENTS, deployment.key(), DeleteOptions.PLAIN.propagating(propagation));
        stage.pass(Duration.ofMillis(100));
    }

    @Test
    void keepsObjectsWithAnOwner() {
        assertThat(stage.pods()).hasSize(1);
    }

    @Test
    void deletesDependentsInTheBackground() {
        delete("Background");
        assertThat(stage.all(BuiltinResources.DEPLOYMENTS)).isEmpty();
        assertThat(stage.all(BuiltinResources.REPLICA_SETS)).isEmpty();
        assertThat(stage.pods()).isEmpty();
    }

    @Test
    void deletesDependentsBeforeTheOwnerInTheForeground() {
        stage.run(new Key("default", "p"));
        delete("Foreground");
        assertThat(stage.one(BuiltinResources.DEPLOYMENTS, "d").terminating()).isTrue();
        assertThat(stage.one(BuiltinResources.REPLICA_SETS, "s").terminating()).isTrue();
        assertThat(stage.pods().getFirst().terminating()).isTrue();
        stage.runPods();
        assertThat(stage.pods()).isEmpty();
        assertThat(stage.all(BuiltinResources.REPLICA_SETS)).isEmpty();
        assertThat(stage.all(BuiltinResources.DEPLOYMENTS)).isEmpty();
    }

    @Test
    void removesOwnerReferencesWhenOrphaning() {
        delete("Orphan");
        assertThat(stage.all(BuiltinResources.DEPLOYMENTS)).isEmpty();
        assertThat(stage.one(BuiltinResources.REPLICA_SETS, "s").owners()).isEmpty();
        assertThat(stage.pods()).hasSize(1);
    }

    @Test
    void findsPodsByTheNameThatKubeletsGiveTheirGroup() {
        Obj pod = create(BuiltinResources.PODS, "Pod", "bare");
        Struct owner = Struct.of("apiVersion", "core/v1", "kind", "Pod", "name", "bare", "uid", pod.uid());
        stage.api.create(BuiltinResources.CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap",
                "metadata", Struct.of("name", "c", "namespace", "default", "ownerReferences", Seq.of(owner)))),
                WriteOptions.PLAIN);
        stage.pass(Duration.ofMillis(100));
        assertThat(stage.all(BuiltinResources.CONFIG_MAPS)).hasSize(1);
        stage.api.vanish(BuiltinResources.PODS, pod.key());
        stage.pass(Duration.ofMillis(100));
        assertThat(stage.all(BuiltinResources.CONFIG_MAPS)).isEmpty();
    }

    @Test
    void keepsOrphanedObjectsWithAStaleView() {
        OwnerGraph graph = new OwnerGraph();
        GarbageCollector garbage = new GarbageCollector(stage.api, graph, uid -> {
        }, uid -> {
        }, stage.desk.events("collector", "collector"));
        ExpectingWriter writer = new ExpectingWriter(stage.api);
        garbage.reconcile(new Key("resources", "refresh"), writer);
        stage.settle();
        delete("Orphan");
        graph.put(OwnerGraph.Node.of(BuiltinResources.REPLICA_SETS, set));
        garbage.reconcile(Key.of(set.uid()), writer);
        assertThat(stage.one(BuiltinResources.REPLICA_SETS, "s").owners()).isEmpty();
    }

    @Test
    void dropsOnlyTheReferenceWhileAnotherOwnerExists() {
        Obj other = create(BuiltinResources.DEPLOYMENTS, "Deployment", "e");
        Struct reference = other.ownerReference().with("controller", false);
        stage.api.update(BuiltinResources.REPLICA_SETS,
                set.with(Seq.of(deployment.ownerReference(), reference), "metadata", "ownerReferences"),
                WriteOptions.PLAIN);
        stage.settle();
        delete("Background");
        assertThat(stage.one(BuiltinResources.REPLICA_SETS, "s").owners()).hasSize(1);
    }

    @Test
    void deletesAnObjectWhoseOwnerNeverExisted() {
        Obj ghost = deployment.with("11111111-0000-0000-0000-000000000000", "metadata", "uid");
        create(BuiltinResources.CONFIG_MAPS, "ConfigMap", "c", ghost);
        stage.pass(Duration.ofMillis(100));
        assertThat(stage.all(BuiltinResources.CONFIG_MAPS)).isEmpty();
    }

    @Test
    void keepsAnObjectWhoseOwnersKindIsNotKnownYetAndLooksAgainLater() {
        OwnerGraph graph = new OwnerGraph();
        GarbageCollector garbage = new GarbageCollector(stage.api, graph, uid -> {
        }, uid -> {
        }, stage.desk.events("collector", "collector"));
        ExpectingWriter writer = new ExpectingWriter(stage.api);
        garbage.reconcile(new Key("resources", "refresh"), writer);
        stage.settle();
        Obj chart = Obj.of(Struct.of("apiVersion", "helm.cattle.io/v1", "kind", "HelmChart", "metadata",
                Struct.of("name", "h", "namespace", "default", "uid", "33333333-0000-0000-0000-000000000000")));
        Obj owned = create(BuiltinResources.CONFIG_MAPS, "ConfigMap", "c", chart);
        graph.put(OwnerGraph.Node.of(BuiltinResources.CONFIG_MAPS, owned));
        assertThat(garbage.reconcile(Key.of(owned.uid()), writer)).as("no failure").isEqualTo(Requeue.BACK_OFF);
        assertThat(stage.api.find(BuiltinResources.CONFIG_MAPS, owned.key())).isPresent();
    }

    @Test
    void keepsAnObjectWithoutANamespaceWhoseOwnerIsInOne() {
        Obj ghost = deployment.with("11111111-0000-0000-0000-000000000000", "metadata", "uid");
        stage.api.create(BuiltinResources.PRIORITY_CLASSES, Obj.of(Struct.of("apiVersion", "scheduling.k8s.io/v1",
                "kind", "PriorityClass", "metadata",
                Struct.of("name", "c", "ownerReferences", Seq.of(ghost.ownerReference())))), WriteOptions.PLAIN);
        stage.pass(Duration.ofMillis(100));
        assertThat(stage.all(BuiltinResources.PRIORITY_CLASSES)).hasSize(1);
    }

    /// Owners are of the namespace of what they own, or of none.
    @Test
    void anOwnerInAnotherNamespaceOwnsNothing() {
        Obj other = stage.api.create(BuiltinResources.CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "ConfigMap", "metadata", Struct.of("name", "owner", "namespace", "other"))), WriteOptions.PLAIN);
        Obj stray = create(BuiltinResources.CONFIG_MAPS, "ConfigMap", "stray", other);
        stage.pass(Duration.ofMillis(100));
        assertThat(stage.api.find(BuiltinResources.CONFIG_MAPS, stray.key())).isEmpty();
        assertThat(stage.events()).contains("OwnerRefInvalidNamespace: ownerRef [v1/ConfigMap, namespace: default,"
                + " name: owner, uid: " + other.uid() + "] does not exist in namespace \"default\"");
    }

    @Test
    void anObjectThatBlocksNobodyGoesWithItsOwnerAllTheSame() {
        Obj loose = create(BuiltinResources.CONFIG_MAPS, "ConfigMap", "loose", deployment);
        stage.api.update(BuiltinResources.CONFIG_MAPS, loose.with(Seq.of(deployment.ownerReference()
                .with("blockOwnerDeletion", false)), "metadata", "ownerReferences"), WriteOptions.PLAIN);
        stage.run(new Key("default", "p"));
        delete("Foreground");
        assertThat(stage.one(BuiltinResources.DEPLOYMENTS, "d").terminating()).as("waits for others").isTrue();
        assertThat(stage.api.find(BuiltinResources.CONFIG_MAPS, loose.key())).isEmpty();
    }

    @Test
    void deletesCyclesOfOwnership() {
        Obj a = create(BuiltinResources.CONFIG_MAPS, "ConfigMap", "a");
        Obj b = create(BuiltinResources.CONFIG_MAPS, "ConfigMap", "b", a);
        Obj c = create(BuiltinResources.CONFIG_MAPS, "ConfigMap", "c", b);
        stage.api.update(BuiltinResources.CONFIG_MAPS,
                a.with(Seq.of(c.ownerReference()), "metadata", "ownerReferences"),
                WriteOptions.PLAIN);
        stage.pass(Duration.ofMillis(100));
        stage.api.delete(BuiltinResources.CONFIG_MAPS, a.key(), DeleteOptions.PLAIN.propagating("Foreground"));
        for (int i = 0; i < 5; i++) {
            stage.pass(Duration.ofSeconds(1));
        }
        assertThat(stage.all(BuiltinResources.CONFIG_MAPS)).isEmpty();
    }

    @Test
    void keepsOnlyOwnedOrWaitingObjects() {
        OwnerGraph graph = new OwnerGraph();
        graph.put(OwnerGraph.Node.of(BuiltinResources.DEPLOYMENTS, deployment));
        graph.put(OwnerGraph.Node.of(BuiltinResources.REPLICA_SETS, set));
        assertThat(graph.node(deployment.uid())).isEmpty();
        assertThat(graph.dependents(deployment.uid())).hasSize(1);
        graph.put(
                OwnerGraph.Node.of(BuiltinResources.REPLICA_SETS, set.with(Seq.EMPTY, "metadata", "ownerReferences")));
        assertThat(graph.node(set.uid())).isEmpty();
        assertThat(graph.dependents(deployment.uid())).isEmpty();
    }

    /// The API with one more resource, which another server has.
    private ApiClient with(Gvr resource, String kind, Map<Key, Obj> there) {
        return (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(), new Class<?>[] {ApiClient.class},
                (proxy, method, given) -> switch (method.getName()) {
                    case "resources" -> Stream.concat(stage.api.resources().stream(),
                            Stream.of(new ApiResource(resource, kind, true, List.of("get", "list")))).toList();
                    case "find" -> given[0].equals(resource) ? Optional.ofNullable(there.get(given[1]))
                            : stage.api.find((Gvr) given[0], (Key) given[1]);
                    default -> method.invoke(stage.api, given);
                });
    }

    @Test
    void anOwnerThatAnotherServerHasKeepsAnObjectAsLongAsItIsThere() {
        Gvr widgets = new Gvr("acme.example", "v1", "widgets");
        Obj widget = Obj.of(Struct.of("apiVersion", "acme.example/v1", "kind", "Widget", "metadata",
                Struct.of("name", "w", "namespace", "default", "uid", "22222222-0000-0000-0000-000000000000")));
        Map<Key, Obj> there = new HashMap<>(Map.of(widget.key(), widget));
        ApiClient api = with(widgets, "Widget", there);
        OwnerGraph graph = new OwnerGraph();
        List<String> elsewhere = new ArrayList<>();
        GarbageCollector garbage = new GarbageCollector(api, graph, uid -> {
        }, elsewhere::add, stage.desk.events("collector", "collector"));
        ExpectingWriter writer = new ExpectingWriter(api);
        garbage.reconcile(new Key("resources", "refresh"), writer);
        stage.settle();
        Obj owned = create(BuiltinResources.CONFIG_MAPS, "ConfigMap", "c", widget);
        Key uid = Key.of(owned.uid());
        graph.put(OwnerGraph.Node.of(BuiltinResources.CONFIG_MAPS, owned));
        garbage.reconcile(uid, writer);
        assertThat(elsewhere).as("nobody else waits for that server").containsExactly(owned.uid());
        assertThat(garbage.reconcileElsewhere(uid, writer)).as("asked again").isNotEqualTo(Requeue.NEVER);
        assertThat(stage.api.find(BuiltinResources.CONFIG_MAPS, owned.key())).isPresent();
        there.clear();
        garbage.reconcileElsewhere(uid, writer);
        assertThat(stage.api.find(BuiltinResources.CONFIG_MAPS, owned.key())).isEmpty();
    }

    @Test
    void retriesARefusedDeletion() {
        stage.api.refuse("delete", BuiltinResources.REPLICA_SETS, ApiFault.unavailable("later"));
        delete("Background");
        stage.pass(Duration.ofSeconds(1));
        assertThat(stage.all(BuiltinResources.REPLICA_SETS)).isEmpty();
    }
}
