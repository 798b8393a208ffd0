package io.k3j.apidiscovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Names;
import io.k3j.apiserverapi.ResourceKind.Storage;
import io.k3j.apiserverapi.ResourceKind.Strategy;
import io.k3j.clientapi.ApiClient.Discovered;
import io.k3j.clientapi.ApiResource;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServedResourcesTest {
    private static final Gvk KIND = Gvk.of("v1", "Thing");
    private static final String[] VERBS = {"get", "list"};

    private static ResourceKind kind(String apiVersion, String plural, String... verbs) {
        return new ResourceKind(Gvr.of(apiVersion, plural), KIND, new Names("thing", List.of(), List.of()), true,
                Set.of(verbs), List.of(), new Storage("/registry/" + plural + "/", KIND), Shape.ANY, List.of(),
                new Strategy(true, false, false, false, false));
    }

    @Test
    void aResourceThatThePreferredVersionDoesNotHaveIsFoundInTheNextOne() {
        List<ResourceKind> kinds = List.of(kind("net.example.com/v1alpha1", "routes", VERBS),
                kind("net.example.com/v1beta1", "grants", VERBS), kind("net.example.com/v1beta1", "routes", VERBS),
                kind("net.example.com/v1", "gateways", VERBS), kind("net.example.com/v1beta1", "gateways", VERBS));
        assertThat(ServedResources.of(kinds, List.of()).resources()).extracting(ApiResource::resource).containsExactly(
                Gvr.of("net.example.com/v1", "gateways"), Gvr.of("net.example.com/v1beta1", "grants"),
                Gvr.of("net.example.com/v1beta1", "routes"));
    }

    /// As of a definition that goes, whose objects lie in a version that is not served.
    @Test
    void aVersionThatNobodyMayAskForIsNotShown() {
        List<ResourceKind> kinds = List.of(kind("net.example.com/v2", "routes"),
                kind("net.example.com/v1", "routes", VERBS));
        assertThat(ServedGroups.of(kinds, List.of()).versions("net.example.com")).containsOnlyKeys("v1");
        assertThat(ServedResources.of(kinds, List.of()).resources()).extracting(ApiResource::resource)
                .containsExactly(Gvr.of("net.example.com/v1", "routes"));
    }

    @Test
    void whatOtherServersHaveIsFoundAndWhatTheyDoNotTellIsNamed() {
        Struct thing = Struct.of("resource", "things", "responseKind", Struct.of("kind", "Thing"), "scope",
                "Namespaced", "verbs", Seq.of("create", "delete", "get", "list", "watch"));
        Discovered found = ServedResources.of(List.of(kind("v1", "pods", VERBS)),
                List.of(version("v1", "Current", thing),
                        version("v2", "Stale")));
        assertThat(found.resources()).extracting(ApiResource::resource)
                .containsExactly(Gvr.of("v1", "pods"), Gvr.of("things.example.com/v1", "things"));
        ApiResource things = found.resources().getLast();
        assertThat(things.namespaced()).isTrue();
        assertThat(things.verbs()).as("a view of them cannot be had").containsExactly("delete", "get", "list");
        assertThat(found.failures())
                .containsExactly("things.example.com/v2: stale GroupVersion discovery: things.example.com/v2");
    }

    private static AggregatedApis.Version version(String version, String freshness, Object... resources) {
        return new AggregatedApis.Version("things.example.com", version, 500, 20, Struct.of("version", version,
                "resources", Seq.of(resources), "freshness", freshness));
    }
}
