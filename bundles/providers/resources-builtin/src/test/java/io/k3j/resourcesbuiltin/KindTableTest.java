package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.model.Gvr;
import io.k3j.printers.Cells;
import java.util.List;
import org.junit.jupiter.api.Test;

class KindTableTest {
    private final Kit kit = new Kit();

    private ResourceKind row(String apiVersion, String resource) {
        Gvr wanted = Gvr.of(apiVersion, resource);
        return kit.table().kinds().stream().filter(k -> k.gvr().equals(wanted)).findFirst().orElseThrow();
    }

    @Test
    void everyColumnHasACellFunction() {
        Cells cells = new Cells();
        assertThat(kit.table().kinds()).allSatisfy(
                k -> assertThat(kit.table().cells(k.gvk())).allMatch(cells::knows, "known in " + k.gvk()));
    }

    @Test
    void objectsAreStoredWhereUpstreamStoresThem() {
        assertThat(row("v1", "services").storage().prefix()).isEqualTo("/registry/services/specs/");
        assertThat(row("v1", "endpoints").storage().prefix()).isEqualTo("/registry/services/endpoints/");
        assertThat(row("v1", "nodes").storage().prefix()).isEqualTo("/registry/minions/");
        assertThat(row("v1", "replicationcontrollers").storage().prefix()).isEqualTo("/registry/controllers/");
        assertThat(row("networking.k8s.io/v1", "ingresses").storage().prefix()).isEqualTo("/registry/ingress/");
        assertThat(row("apps/v1", "deployments").storage().prefix()).isEqualTo("/registry/deployments/");
        assertThat(row("apiregistration.k8s.io/v1", "apiservices").storage().prefix())
                .isEqualTo("/registry/apiregistration.k8s.io/apiservices/");
        assertThat(row("v1", "bindings").storage().stored()).isFalse();
    }

    private List<String> columns(String apiVersion, String resource) {
        return row(apiVersion, resource).columns().stream().map(c -> c.name() + ":" + c.type() + ":" + c.format())
                .toList();
    }

    @Test
    void columnsDeclareTheTypesThatUpstreamDeclares() {
        assertThat(columns("v1", "serviceaccounts")).containsExactly("Name:string:name", "Age:string:");
        assertThat(columns("v1", "limitranges")).containsExactly("Name:string:name", "Created At:date:");
        assertThat(columns("v1", "events")).contains("Name:string:name", "Count:string:");
        assertThat(columns("storage.k8s.io/v1", "storageclasses")).startsWith("Name:string:name");
        assertThat(columns("storage.k8s.io/v1", "volumeattachments")).contains("Attacher:string:name");
        assertThat(columns("apps/v1", "deployments")).contains("Up-to-date:string:", "Available:string:");
        assertThat(columns("autoscaling/v2", "horizontalpodautoscalers")).contains("MaxPods:string:");
    }

    @Test
    void eventsAndAutoscalersAreTwoViewsOfOneStoredKind() {
        assertThat(row("events.k8s.io/v1", "events").storage()).isEqualTo(row("v1", "events").storage());
        assertThat(row("autoscaling/v1", "horizontalpodautoscalers").storage())
                .isEqualTo(row("autoscaling/v2", "horizontalpodautoscalers").storage());
    }

    @Test
    void podsHaveUpstreamsSubresources() {
        assertThat(row("v1", "pods").subresources()).extracting(ResourceKind.Subresource::name).containsExactly(
                "attach",
                "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy", "resize",
                "status");
        assertThat(row("v1", "namespaces").verbs()).doesNotContain("deletecollection");
    }

    @Test
    void whoMayDebugOrResizeAPodMayNotRelabelIt() {
        for (String name : List.of("ephemeralcontainers", "resize")) {
            ResourceKind.Scope scope = row("v1", "pods").subresource(name).orElseThrow().scope();
            assertThat(scope.metadata()).as(name).isFalse();
            assertThat(scope.takes()).as(name).isNotEmpty();
        }
        assertThat(row("v1", "pods").subresource("status").orElseThrow().scope().metadata()).isTrue();
    }

    @Test
    void whoSaysHowTheseAreChangesNothingElseOfThem() {
        for (String[] kind : new String[][] {{"apiregistration.k8s.io/v1", "apiservices"},
                {"admissionregistration.k8s.io/v1", "validatingadmissionpolicies"},
                {"flowcontrol.apiserver.k8s.io/v1", "flowschemas"},
                {"flowcontrol.apiserver.k8s.io/v1", "prioritylevelconfigurations"},
                {"networking.k8s.io/v1", "servicecidrs"}, {"resource.k8s.io/v1", "resourceclaims"},
                {"storage.k8s.io/v1", "volumeattachments"}}) {
            ResourceKind.Scope scope = row(kind[0], kind[1]).subresource("status").orElseThrow().scope();
            assertThat(scope.metadata()).as(kind[1]).isFalse();
            assertThat(scope.takes()).as(kind[1]).containsExactly(List.of("status"));
        }
        assertThat(row("apps/v1", "deployments").subresource("status").orElseThrow().scope().metadata()).isTrue();
    }

    @Test
    void someAreOnlyReplacedWhereTheirVersionIsNamed() {
        for (String[] kind : new String[][] {{"admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations"},
                {"admissionregistration.k8s.io/v1", "validatingwebhookconfigurations"},
                {"storage.k8s.io/v1", "csistoragecapacities"}, {"node.k8s.io/v1", "runtimeclasses"}}) {
            assertThat(row(kind[0], kind[1]).strategy().unconditionalUpdate()).as(kind[1]).isFalse();
        }
        assertThat(row("storage.k8s.io/v1", "storageclasses").strategy().unconditionalUpdate()).isTrue();
        assertThat(row("node.k8s.io/v1", "runtimeclasses").strategy().createOnUpdate()).isTrue();
    }

    @Test
    void rowsHaveTheScopeAndVerbOfWrites() {
        ResourceKind pods = row("v1", "pods");
        assertThat(pods.subresource("exec").orElseThrow().needs()).isEqualTo("create");
        assertThat(pods.subresource("log").orElseThrow().connection()).isTrue();
        assertThat(pods.subresource("binding").orElseThrow().scope().generation()).isFalse();
        assertThat(pods.subresource("ephemeralcontainers").orElseThrow().scope().takes())
                .containsExactly(List.of("spec", "ephemeralContainers"));
        assertThat(row("certificates.k8s.io/v1", "certificatesigningrequests").subresource("approval").orElseThrow()
                .scope().takes()).containsExactly(List.of("status", "conditions"));
        assertThat(row("v1", "nodes").strategy().statusOnCreate()).isTrue();
        assertThat(row("batch/v1", "jobs").strategy().orphans()).isTrue();
        assertThat(row("v1", "replicationcontrollers").strategy().orphans()).isTrue();
        assertThat(row("batch/v1", "cronjobs").strategy().orphans()).isFalse();
        assertThat(row("apps/v1", "deployments").strategy().annotations()).isTrue();
        assertThat(row("apps/v1", "replicasets").strategy().annotations()).isFalse();
    }

    /// As the answers of deletions in upstream's OpenAPI document, by which generated clients read them.
    @Test
    void someDeletionsReturnTheObject() {
        for (String resource : List.of("pods", "services", "persistentvolumeclaims", "persistentvolumes",
                "podtemplates", "resourcequotas", "serviceaccounts")) {
            assertThat(row("v1", resource).strategy().returned()).as(resource).isTrue();
        }
        assertThat(row("storage.k8s.io/v1", "storageclasses").strategy().returned()).isTrue();
        assertThat(row("resource.k8s.io/v1", "resourceclaims").strategy().returned()).isTrue();
        for (String resource : List.of("configmaps", "secrets", "namespaces", "nodes")) {
            assertThat(row("v1", resource).strategy().returned()).as(resource).isFalse();
        }
    }
}
