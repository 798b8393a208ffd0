package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import io.k3j.testkit.FakeApi;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrustBundlePublisherTest {
    private static final Gvr BUNDLES = Gvr.of("certificates.k8s.io/v1beta1", "clustertrustbundles");
    private static final String SIGNER = "kubernetes.io/kube-apiserver-serving";
    /// The first 24 digits of `printf first | sha256sum`.
    private static final String FIRST = "kubernetes.io:kube-apiserver-serving:a7937b64b8caa58f03721bb6";
    private String authority = "first";

    private Stage stage() {
        return new Stage(context -> {
            ((FakeApi) context.api()).serve(new ApiResource(BUNDLES, "ClusterTrustBundle", false,
                    List.of("create", "delete", "get", "list", "update", "watch")), false);
            TrustBundlePublisher.add(context, () -> authority);
        });
    }

    private static List<String> names(Stage stage) {
        return stage.api.list(BUNDLES, Query.ALL).items().stream().map(Obj::name).toList();
    }

    private static Obj bundle(String name, String signer, String text) {
        return Obj.of(Struct.of("apiVersion", BUNDLES.apiVersion(), "kind", "ClusterTrustBundle", "metadata",
                Struct.of("name", name), "spec", Struct.of("signerName", signer, "trustBundle", text)));
    }

    @Test
    void theAuthorityIsPublishedUnderItsHash() {
        Stage stage = stage().settle();
        assertThat(names(stage)).containsExactly(FIRST);
        assertThat(stage.api.get(BUNDLES, Key.of(FIRST)).spec())
                .isEqualTo(Struct.of("signerName", SIGNER, "trustBundle", "first"));
        assertThat(stage.api.calls()).allMatch(call -> call.startsWith(
                "system:serviceaccount:kube-system:kube-apiserver-serving-clustertrustbundle-publisher "));
    }

    @Test
    void whatOthersDoToItIsMendedAndOtherBundlesOfTheSignerGo() {
        Stage stage = stage().settle();
        stage.api.seed(BUNDLES, stage.api.get(BUNDLES, Key.of(FIRST)).with("changed", "spec", "trustBundle"));
        stage.api.seed(BUNDLES, bundle("kubernetes.io:kube-apiserver-serving:old", SIGNER, "old"));
        stage.api.seed(BUNDLES, bundle("example.com:a:b", "example.com/a", "b"));
        stage.settle();
        assertThat(names(stage)).containsExactlyInAnyOrder(FIRST, "example.com:a:b");
        assertThat(stage.api.get(BUNDLES, Key.of(FIRST)).spec().text("trustBundle")).isEqualTo("first");
        stage.api.vanish(BUNDLES, Key.of(FIRST));
        assertThat(names(stage.settle())).contains(FIRST);
    }

    @Test
    void nothingIsPublishedWhereNoVersionIsServed() {
        Stage stage = new Stage(context -> TrustBundlePublisher.add(context, () -> authority)).settle();
        assertThat(stage.api.calls()).isEmpty();
    }
}
