package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceControllerTest {
    private final Stage stage = new Stage(d -> {
        NamespaceController.add(d);
        DefaultServiceAccounts.add(d);
        RootCa.add(d, () -> "PEM");
    });

    private void namespace() {
        stage.api.create(BuiltinResources.NAMESPACES,
                Obj.of(Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                        Struct.of("name", "team"), "spec", Struct.of("finalizers", Seq.of("kubernetes")))),
                WriteOptions.PLAIN);
        stage.settle();
    }

    private void create(Gvr resource, String kind, String name, String... finalizers) {
        stage.api.create(resource, Obj.of(Struct.of("apiVersion", resource.apiVersion(), "kind", kind, "metadata",
                Struct.of("name", name, "namespace", "team", "finalizers", Seq.of((Object[]) finalizers)))),
                WriteOptions.PLAIN);
    }

    @Test
    void createsTheServiceAccountAndTheRootCaOfANamespace() {
        namespace();
        assertThat(stage.api.find(BuiltinResources.SERVICE_ACCOUNTS, new Key("team", "default"))).isPresent();
        Obj map = stage.api.get(BuiltinResources.CONFIG_MAPS, new Key("team", "kube-root-ca.crt"));
        assertThat(map.tree().struct("data").text("ca.crt")).isEqualTo("PEM");
        stage.api.delete(BuiltinResources.CONFIG_MAPS, map.key(), DeleteOptions.PLAIN);
        stage.api.delete(BuiltinResources.SERVICE_ACCOUNTS, new Key("team", "default"), DeleteOptions.PLAIN);
        stage.settle();
        assertThat(stage.all(BuiltinResources.CONFIG_MAPS)).hasSize(1);
        assertThat(stage.all(BuiltinResources.SERVICE_ACCOUNTS)).hasSize(1);
    }

    @Test
    void deletesTheContentAndFinalizesATerminatingNamespace() {
        namespace();
        create(BuiltinResources.SECRETS, "Secret", "s");
        create(BuiltinResources.DEPLOYMENTS, "Deployment", "d");
        stage.api.delete(BuiltinResources.NAMESPACES, Key.of("team"), DeleteOptions.PLAIN);
        stage.pass(Duration.ofSeconds(5));
        assertThat(stage.all(BuiltinResources.NAMESPACES)).isEmpty();
        assertThat(stage.all(BuiltinResources.SECRETS)).isEmpty();
        assertThat(stage.all(BuiltinResources.CONFIG_MAPS)).isEmpty();
    }

    /// A Secret of a server that does not know yet that the namespace goes; no controller sees that.
    private void createByAServerThatDoesNotKnow(String name) {
        Obj going = stage.one(BuiltinResources.NAMESPACES, "team");
        stage.api.seed(BuiltinResources.NAMESPACES, going.without("metadata", "deletionTimestamp"));
        create(BuiltinResources.SECRETS, "Secret", name);
        stage.api.seed(BuiltinResources.NAMESPACES, going);
        for (boolean told = true; told;) {
            told = stage.api.deliver();
        }
    }

    @Test
    void whatLandsInANamespaceThatGoesGoesWithIt() {
        namespace();
        create(BuiltinResources.SECRETS, "Secret", "early");
        stage.api.delete(BuiltinResources.NAMESPACES, Key.of("team"), DeleteOptions.PLAIN);
        stage.settle();
        assertThat(stage.all(BuiltinResources.SECRETS)).as("deleted at once").isEmpty();
        stage.pass(Duration.ofSeconds(4));
        assertThat(stage.all(BuiltinResources.NAMESPACES)).as("until nothing can land").hasSize(1);
        stage.clock.advance(Duration.ofSeconds(1));
        createByAServerThatDoesNotKnow("late");
        stage.settle();
        assertThat(stage.all(BuiltinResources.SECRETS)).isEmpty();
        assertThat(stage.all(BuiltinResources.NAMESPACES)).as("until nothing was found").hasSize(1);
        stage.pass(Duration.ofSeconds(1));
        assertThat(stage.all(BuiltinResources.NAMESPACES)).isEmpty();
    }

    /// Somebody else deletes the first of two; and a server does not know what it says it does.
    @ParameterizedTest
    @ValueSource(strings = {"delete", "delete,deletecollection"})
    void nothingStaysBehindWhenADeletionIsNotFound(String verbs) {
        Gvr things = Gvr.of("example.com/v1", "things");
        List<String> all = new ArrayList<>(List.of("get", "list", "watch", "create"));
        all.addAll(List.of(verbs.split(",")));
        stage.api.serve(new ApiResource(things, "Thing", true, all), false);
        namespace();
        create(things, "Thing", "a");
        create(things, "Thing", "b");
        String refused = verbs.contains(",") ? "deletecollection" : "delete";
        stage.api.refuse(refused, things, new ApiFault(404, "NotFound", "not found", Struct.EMPTY));
        stage.api.delete(BuiltinResources.NAMESPACES, Key.of("team"), DeleteOptions.PLAIN);
        stage.pass(Duration.ofSeconds(4));
        assertThat(stage.all(things)).isEmpty();
        stage.pass(Duration.ofSeconds(1));
        assertThat(stage.all(BuiltinResources.NAMESPACES)).isEmpty();
    }

    @Test
    void aServerThatCannotBeAskedKeepsTheNamespaceButNotItsContent() {
        namespace();
        create(BuiltinResources.SECRETS, "Secret", "s");
        stage.api.failDiscovery("things.example.com/v1: stale GroupVersion discovery: things.example.com/v1");
        stage.api.delete(BuiltinResources.NAMESPACES, Key.of("team"), DeleteOptions.PLAIN);
        stage.pass(Duration.ofSeconds(2));
        assertThat(stage.all(BuiltinResources.SECRETS)).isEmpty();
        Struct failure = Conditions.find(stage.one(BuiltinResources.NAMESPACES, "team").status().seq("conditions"),
                "NamespaceDeletionDiscoveryFailure").orElseThrow();
        assertThat(failure.text("status")).isEqualTo("True");
        assertThat(failure.text("message")).isEqualTo("Discovery failed for some groups, 1 failing: unable to retrieve"
                + " the complete list of server APIs: things.example.com/v1: stale GroupVersion discovery:"
                + " things.example.com/v1");
        stage.api.failDiscovery();
        stage.pass(Duration.ofMinutes(1));
        assertThat(stage.all(BuiltinResources.NAMESPACES)).isEmpty();
    }

    @Test
    void deletesPodsFirstAndReportsWhatRemains() {
        namespace();
        create(BuiltinResources.SECRETS, "Secret", "s");
        create(BuiltinResources.PODS, "Pod", "p", "example.com/wait");
        stage.api.delete(BuiltinResources.NAMESPACES, Key.of("team"), DeleteOptions.PLAIN);
        stage.settle();
        assertThat(stage.all(BuiltinResources.SECRETS)).hasSize(1);
        Seq conditions = stage.one(BuiltinResources.NAMESPACES, "team").status().seq("conditions");
        assertThat(Conditions.find(conditions, "NamespaceContentRemaining").orElseThrow().text("message"))
                .isEqualTo("Some resources are remaining: pods. has 1 resource instances");
        assertThat(Conditions.find(conditions, "NamespaceFinalizersRemaining").orElseThrow().text("message")).isEqualTo(
                "Some content in the namespace has finalizers remaining: example.com/wait in 1 resource instances");
        Obj pod = stage.pods().getFirst();
        stage.api.update(BuiltinResources.PODS, pod.without("metadata", "finalizers"), WriteOptions.PLAIN);
        stage.pass(Duration.ofSeconds(5));
        assertThat(stage.all(BuiltinResources.NAMESPACES)).isEmpty();
    }

    @Test
    void namesTheGroupOfWhatRemains() {
        namespace();
        create(BuiltinResources.DEPLOYMENTS, "Deployment", "d", "example.com/wait");
        stage.api.delete(BuiltinResources.NAMESPACES, Key.of("team"), DeleteOptions.PLAIN);
        stage.settle();
        Seq conditions = stage.one(BuiltinResources.NAMESPACES, "team").status().seq("conditions");
        assertThat(Conditions.find(conditions, "NamespaceContentRemaining").orElseThrow().text("message"))
                .isEqualTo("Some resources are remaining: deployments.apps has 1 resource instances");
    }
}
