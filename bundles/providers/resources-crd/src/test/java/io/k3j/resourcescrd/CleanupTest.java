package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Controller;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What becomes of a definition that is deleted, and of its objects.
class CleanupTest {
    private static final Gvr CRONS = new Gvr("b.c", "v1", "crons");
    private static final Key NAME = Key.of("crons.b.c");
    private static final String OTHER = "x.y/keeps";
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final Definitions definitions = new Definitions(new Schemas());
    private final Controller loop = new Controller("crd-finalizer", api, clock, new Cleanup(definitions, clock));

    @AfterEach
    void close() {
        api.close();
    }

    private static Obj definition(String group, String plural, boolean served, String... finalizers) {
        Struct names = Struct.of("plural", plural, "singular", "cron", "kind", "Cron", "listKind", "CronList");
        return Obj.of(Struct.of("apiVersion", "apiextensions.k8s.io/v1", "kind", "CustomResourceDefinition", "metadata",
                Struct.of("name", plural + "." + group, "finalizers", Seq.copyOf(List.of(finalizers))), "spec",
                Struct.of("group", group, "scope", "Namespaced", "names", names, "versions",
                        Seq.of(Struct.of("name", "v1", "served", served, "storage", true, "schema",
                                Struct.of("openAPIV3Schema", Struct.of("type", "object"))))),
                "status", Struct.of("acceptedNames", names, "conditions",
                        Seq.of(Struct.of("type", "Established", "status", "True")))));
    }

    private void crons(boolean served) {
        api.serve(new ApiResource(CRONS, "Cron", true, List.of("create", "delete", "get", "list")), false);
        api.seed(Definition.RESOURCE, definition("b.c", "crons", served, Definition.FINALIZER));
    }

    private void cron(String namespace, String name, String... finalizers) {
        api.create(CRONS, Obj.of(Struct.of("apiVersion", "b.c/v1", "kind", "Cron", "metadata", Struct.of("name", name,
                "namespace", namespace, "finalizers", Seq.copyOf(List.of(finalizers))))), WriteOptions.PLAIN);
    }

    private List<String> crons() {
        return api.list(CRONS, Query.ALL).items().stream().map(Obj::name).toList();
    }

    /// Deletes it, and goes on as long as something is due.
    private void end(Key name) {
        api.delete(Definition.RESOURCE, name, DeleteOptions.PLAIN);
        definitions.put(api.get(Definition.RESOURCE, name));
        loop.queue().add(name);
        after(Duration.ZERO);
    }

    private void after(Duration time) {
        clock.advance(time);
        boolean more = true;
        while (more) {
            more = loop.step();
        }
    }

    private Optional<Obj> found() {
        return api.find(Definition.RESOURCE, NAME);
    }

    private static Struct terminating(Obj definition) {
        return definition.status().seq("conditions").find("type", "Terminating");
    }

    private long deletes() {
        return api.calls().stream().filter(c -> c.startsWith("delete crons.b.c")).count();
    }

    @Test
    void itGoesAfterItsObjects() {
        crons(true);
        cron("a", "one");
        cron("b", "two");
        end(NAME);
        assertThat(crons()).isEmpty();
        Struct told = terminating(found().orElseThrow());
        assertThat(told.text("status")).isEqualTo("True");
        assertThat(told.text("reason")).isEqualTo("InstanceDeletionInProgress");
        assertThat(told.text("message")).isEqualTo("CustomResource deletion is in progress");
        after(Duration.ofSeconds(2));
        assertThat(found()).isEmpty();
    }

    /// Another server may take an object until it sees that the definition goes.
    @Test
    void whatAnotherServerHasTakenMeanwhileGoesToo() {
        crons(true);
        end(NAME);
        cron("a", "late");
        assertThat(found()).isPresent();
        after(Duration.ofSeconds(2));
        assertThat(crons()).isEmpty();
        assertThat(found()).isEmpty();
    }

    @Test
    void objectsOfAVersionThatIsNotServedGoToo() {
        crons(false);
        cron("a", "one");
        end(NAME);
        after(Duration.ofSeconds(2));
        assertThat(crons()).isEmpty();
        assertThat(found()).isEmpty();
    }

    /// They lie where the objects of such a definition would.
    @Test
    void definitionsOutliveOneThatIsNamedAsTheyAre() {
        crons(true);
        cron("a", "one");
        api.seed(Definition.RESOURCE, definition(Definition.GROUP, "customresourcedefinitions", true,
                Definition.FINALIZER, OTHER));
        end(Key.of("customresourcedefinitions." + Definition.GROUP));
        after(Duration.ofSeconds(10));
        Obj told = api.get(Definition.RESOURCE, Key.of("customresourcedefinitions." + Definition.GROUP));
        assertThat(told.finalizers()).containsExactly(OTHER);
        assertThat(terminating(told).text("status")).isEqualTo("False");
        assertThat(terminating(told).text("reason")).isEqualTo("OverlappingBuiltInResource");
        assertThat(terminating(told).text("message")).isEqualTo("instances overlap with built-in resources in storage");
        assertThat(found().orElseThrow().terminating()).isFalse();
        assertThat(crons()).containsExactly("one");
        assertThat(api.calls()).as("but for the one that the test has deleted")
                .filteredOn(c -> c.startsWith("delete")).hasSize(1);
    }

    @Test
    void oneThatWasNeverEstablishedGoesAtOnce() {
        api.seed(Definition.RESOURCE, definition("b.c", "crons", true, Definition.FINALIZER, OTHER).with(Struct.EMPTY,
                "status"));
        end(NAME);
        assertThat(terminating(found().orElseThrow()).text("reason")).isEqualTo("NeverEstablished");
        assertThat(found().orElseThrow().finalizers()).containsExactly(OTHER);
    }

    @Test
    void aRefusalIsToldKeepsNoOtherNamespaceAndIsTriedAgain() {
        crons(true);
        cron("a", "one");
        cron("a", "two");
        cron("b", "three");
        api.refuse("delete", CRONS, ApiFault.unavailable("the datastore is away"));
        end(NAME);
        assertThat(crons()).containsExactlyInAnyOrder("one", "two");
        Struct told = terminating(found().orElseThrow());
        assertThat(told.text("status")).isEqualTo("True");
        assertThat(told.text("reason")).isEqualTo("InstanceDeletionFailed");
        assertThat(told.text("message")).isEqualTo("could not issue all deletes: the datastore is away");
        after(Duration.ofSeconds(2));
        assertThat(crons()).isEmpty();
        after(Duration.ofSeconds(2));
        assertThat(found()).isEmpty();
    }

    @Test
    void aListThatFailsIsToldAndTriedAgain() {
        crons(true);
        cron("a", "one");
        api.refuse("list", CRONS, ApiFault.unavailable("the datastore is away"));
        end(NAME);
        assertThat(terminating(found().orElseThrow()).text("message"))
                .isEqualTo("could not list instances: the datastore is away");
        after(Duration.ofSeconds(2));
        after(Duration.ofSeconds(2));
        assertThat(found()).isEmpty();
    }

    @Test
    void whatAFinalizerHoldsIsDeletedOnceAndLookedFor() {
        crons(true);
        cron("a", "held", OTHER);
        end(NAME);
        for (int i = 0; i < 10; i++) {
            after(Duration.ofSeconds(5));
        }
        assertThat(deletes()).isEqualTo(1);
        assertThat(terminating(found().orElseThrow()).text("reason")).isEqualTo("InstanceDeletionInProgress");
        after(Duration.ofSeconds(5));
        Struct told = terminating(found().orElseThrow());
        assertThat(told.text("reason")).isEqualTo("InstanceDeletionCheck");
        assertThat(told.text("message"))
                .isEqualTo("could not confirm zero CustomResources remaining: context deadline exceeded");
        api.vanish(CRONS, new Key("a", "held"));
        after(Duration.ofSeconds(30));
        assertThat(found()).isEmpty();
    }

    @Test
    void itsOwnConditionIsNoReasonToLookAgain() {
        crons(true);
        api.delete(Definition.RESOURCE, NAME, DeleteOptions.PLAIN);
        Obj going = found().orElseThrow();
        assertThat(Cleanup.concerns(null, going)).isTrue();
        Obj told = DefinitionStatus.condition(going,
                new DefinitionStatus.Condition("Terminating", true, "InstanceDeletionInProgress", ""), clock.instant());
        assertThat(Cleanup.concerns(going, told)).isFalse();
        assertThat(Cleanup.concerns(going, told.with("Cluster", "spec", "scope"))).isTrue();
    }
}
