package io.k3j.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalApiServicesTest {
    private static final Gvr DEFINITIONS = Gvr.of("apiextensions.k8s.io/v1", "customresourcedefinitions");
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private AutoRegistration.Parts parts = new AutoRegistration.Parts(api, clock);

    @AfterEach
    void end() {
        parts.services.close();
        api.close();
    }

    private record Catalog(List<ResourceKind> kinds) implements KindCatalog {
        static Catalog of(String... versions) {
            List<ResourceKind> kinds = new ArrayList<>();
            for (String v : versions) {
                kinds.add(kind(v, "/registry/things/"));
            }
            return new Catalog(kinds);
        }

        static ResourceKind kind(String version, String prefix) {
            Gvk gvk = Gvk.of(version, "Thing");
            return new ResourceKind(Gvr.of(version, "things"), gvk,
                    new ResourceKind.Names("thing", List.of(), List.of()), true, Set.of("get"), List.of(),
                    new ResourceKind.Storage(prefix, gvk), Shape.ANY, List.of(),
                    new ResourceKind.Strategy(false, false, false, false, true));
        }
    }

    /// As after a start of the server.
    private void begin(KindCatalog... catalogs) {
        parts.services.close();
        parts = new AutoRegistration.Parts(api, clock);
        for (KindCatalog c : catalogs) {
            parts.due(parts.versions.put(c));
        }
        parts.services.attach(api);
        api.deliver();
    }

    private void settle() {
        clock.advance(AutoRegistration.Parts.AFTER_START.plusMinutes(1));
        run();
    }

    private void run() {
        boolean more = true;
        while (more) {
            api.deliver();
            more = parts.loop.step();
        }
        api.deliver();
    }

    private Optional<Obj> found(String name) {
        return api.find(ApiService.RESOURCE, Key.of(name));
    }

    private Struct spec(String name) {
        return found(name).orElseThrow().spec();
    }

    private void define(String group, String version, boolean served) {
        Obj definition = Obj.of(Struct.of("apiVersion", "apiextensions.k8s.io/v1", "kind", "CustomResourceDefinition",
                "metadata", Struct.of("name", "things." + group), "spec", Struct.of("group", group, "versions",
                        List.of(Struct.of("name", version, "served", served)))));
        if (api.find(DEFINITIONS, definition.key()).isPresent()) {
            api.delete(DEFINITIONS, definition.key(), DeleteOptions.PLAIN);
        }
        api.create(DEFINITIONS, definition, WriteOptions.PLAIN);
    }

    @Test
    void eachVersionThatIsServedHereHasOneBehindTheStart() {
        begin(Catalog.of("v1", "apps/v1", "autoscaling/v2", "apiregistration.k8s.io/v1"), Catalog.of("cron.io/v1beta1"),
                new Catalog(List.of(Catalog.kind("metrics.k8s.io/v1beta1", ""))));
        run();
        assertThat(found("v1.apps")).isEmpty();
        settle();
        assertThat(spec("v1.")).isEqualTo(Struct.of("version", "v1", "groupPriorityMinimum", 18_000,
                "versionPriority", 1));
        assertThat(spec("v1.apps")).isEqualTo(Struct.of("group", "apps", "version", "v1", "groupPriorityMinimum",
                17_800, "versionPriority", 15));
        assertThat(spec("v2.autoscaling").whole("versionPriority", 0)).isEqualTo(30);
        assertThat(spec("v1beta1.cron.io")).isEqualTo(Struct.of("group", "cron.io", "version", "v1beta1",
                "groupPriorityMinimum", 1000, "versionPriority", 100));
        assertThat(found("v1.apps").orElseThrow().labels()).containsEntry(LocalApiServices.MANAGED, "onstart");
        assertThat(found("v1beta1.cron.io").orElseThrow().labels()).containsEntry(LocalApiServices.MANAGED, "true");
        assertThat(found("v1.apiregistration.k8s.io")).isEmpty();
        assertThat(found("v1beta1.metrics.k8s.io")).as("announces itself").isEmpty();
    }

    @Test
    void theNextStartWritesNothing() {
        define("cron.io", "v1", true);
        Catalog builtIn = Catalog.of("v1", "apps/v1");
        Catalog custom = Catalog.of("cron.io/v1");
        begin(builtIn, custom);
        settle();
        List<String> before = api.calls().stream().filter(LocalApiServicesTest::writes).toList();
        assertThat(before).hasSize(4);
        begin(builtIn, custom);
        settle();
        assertThat(api.calls().stream().filter(LocalApiServicesTest::writes).toList()).isEqualTo(before);
    }

    private static boolean writes(String call) {
        return !call.startsWith("get") && !call.startsWith("list") && !call.startsWith("watch")
                && !call.startsWith("view");
    }

    @Test
    void oneOfCustomResourcesComesAndGoesWithThem() {
        Catalog builtIn = Catalog.of("v1");
        List<ResourceKind> custom = new ArrayList<>();
        KindCatalog definitions = () -> custom;
        begin(builtIn, definitions);
        settle();
        define("cron.io", "v1", true);
        custom.add(Catalog.kind("cron.io/v1", "/registry/cron.io/things/"));
        parts.due(parts.versions.put(definitions));
        run();
        assertThat(found("v1.cron.io")).isPresent();
        define("cron.io", "v1", false);
        custom.clear();
        parts.due(parts.versions.put(definitions));
        run();
        assertThat(found("v1.cron.io")).isEmpty();
        assertThat(found("v1.")).isPresent();
    }

    @Test
    void whatIsBeingReplacedIsNotWithdrawn() {
        define("cron.io", "v1", true);
        Catalog old = Catalog.of("cron.io/v1");
        begin(Catalog.of("v1"), old);
        settle();
        Obj there = found("v1.cron.io").orElseThrow();
        parts.versions.remove(old);
        api.update(ApiService.RESOURCE, there.with(5, "spec", "versionPriority"), WriteOptions.PLAIN);
        run();
        assertThat(spec("v1.cron.io").whole("versionPriority", 0)).isEqualTo(100);
        begin(Catalog.of("v1"));
        settle();
        assertThat(found("v1.cron.io")).as("its catalogue is not there yet").isPresent();
    }

    @Test
    void changesArePutBackForCustomResourcesAndAtTheStartForBuiltInGroups() {
        define("cron.io", "v1", true);
        begin(Catalog.of("v1", "apps/v1"), Catalog.of("cron.io/v1"));
        settle();
        Struct service = Struct.of("namespace", "default", "name", "api");
        for (String name : List.of("v1.apps", "v1.cron.io")) {
            api.update(ApiService.RESOURCE, found(name).orElseThrow().with(service, "spec", "service"),
                    WriteOptions.PLAIN);
        }
        run();
        assertThat(spec("v1.apps").has("service")).isTrue();
        assertThat(spec("v1.cron.io").has("service")).isFalse();
        api.delete(ApiService.RESOURCE, Key.of("v1.cron.io"), DeleteOptions.PLAIN);
        run();
        assertThat(found("v1.cron.io")).isPresent();
        begin(Catalog.of("v1", "apps/v1"), Catalog.of("cron.io/v1"));
        settle();
        assertThat(spec("v1.apps").has("service")).isFalse();
    }

    @Test
    void oneOfAnOperatorsStaysAsItIs() {
        Struct spec = Struct.of("group", "cron.io", "version", "v1", "groupPriorityMinimum", 7, "versionPriority", 7);
        api.create(ApiService.RESOURCE, Obj.of(Struct.of("apiVersion", "apiregistration.k8s.io/v1", "kind",
                "APIService", "metadata", Struct.of("name", "v1.cron.io"), "spec", spec)), WriteOptions.PLAIN);
        begin(Catalog.of("v1"), Catalog.of("cron.io/v1"));
        settle();
        assertThat(spec("v1.cron.io")).isEqualTo(spec);
        begin(Catalog.of("v1"));
        settle();
        assertThat(found("v1.cron.io")).isPresent();
    }

    @Test
    void aVersionThatThisReleaseServesNoMoreIsWithdrawnAtTheStart() {
        begin(Catalog.of("v1", "apps/v1", "apps/v1beta2"));
        settle();
        assertThat(found("v1beta2.apps")).isPresent();
        begin(Catalog.of("v1", "apps/v1"));
        settle();
        assertThat(found("v1beta2.apps")).isEmpty();
        assertThat(found("v1.apps")).isPresent();
    }
}
