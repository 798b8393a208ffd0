package io.k3j.helmcontroller;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.codec.Json;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.Map;

/// Who a run of Helm is to the API: K3s' service account `helm-NAME`, administrator by the binding
/// `helm-NAMESPACE-NAME`. K3s keeps both for as long as the HelmChart is there; here they exist while Helm runs. Each
/// run has an account of its own under that name, so that the token of one that was left behind by another server is
/// worth nothing any more. Blocks for the API.
final class ReleaseIdentity {
    static final String LABEL = "helmcharts.helm.cattle.io/chart";
    private static final String MADE_BY = "app.kubernetes.io/managed-by";
    private static final String US = "k3s-helm-controller";
    private static final Gvr BINDINGS = Gvr.of("rbac.authorization.k8s.io/v1", "clusterrolebindings");
    private static final String RBAC = "rbac.authorization.k8s.io";
    /// The API gives no token for less.
    private static final Duration SHORTEST = Duration.ofMinutes(10);
    private static final int NOT_FOUND = 404;

    private final ApiClient api;
    private final Key account;
    private final Key binding;
    private final String chart;

    ReleaseIdentity(ApiClient api, Obj chart) {
        this.api = api;
        this.chart = chart.name();
        account = new Key(chart.namespace(), "helm-" + chart.name());
        binding = Key.of("helm-" + chart.namespace() + "-" + chart.name());
    }

    /// Makes it anew.
    ///
    /// @param atMost how long it is needed
    /// @return a token
    String begin(Duration atMost) {
        end();
        api.create(BuiltinResources.SERVICE_ACCOUNTS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ServiceAccount",
                "metadata", metadata(account), "automountServiceAccountToken", false)), WriteOptions.PLAIN);
        Struct subject = Struct.of("kind", "ServiceAccount", "name", account.name(), "namespace",
                account.namespace());
        api.create(BINDINGS, Obj.of(Struct.of("apiVersion", BINDINGS.apiVersion(), "kind", "ClusterRoleBinding",
                "metadata", metadata(binding), "roleRef",
                Struct.of("apiGroup", RBAC, "kind", "ClusterRole", "name", "cluster-admin"), "subjects",
                Seq.of(subject))), WriteOptions.PLAIN);
        long seconds = Math.max(atMost.toSeconds(), SHORTEST.toSeconds());
        Struct answer = api.post(BuiltinResources.SERVICE_ACCOUNTS, account, "token",
                Struct.of("apiVersion", "authentication.k8s.io/v1", "kind", "TokenRequest", "spec",
                        Struct.of("expirationSeconds", seconds)));
        return answer.struct("status").text("token");
    }

    /// Removes it, with all tokens.
    void end() {
        gone(BINDINGS, binding);
        gone(BuiltinResources.SERVICE_ACCOUNTS, account);
    }

    private void gone(Gvr resource, Key key) {
        try {
            api.delete(resource, key, DeleteOptions.NOW);
        } catch (ApiFault fault) {
            if (fault.code() != NOT_FOUND) {
                throw fault;
            }
        }
    }

    private Struct metadata(Key key) {
        Struct name = Struct.of("name", key.name(), "labels", Struct.of(LABEL, chart, MADE_BY, US));
        return key.namespace().isEmpty() ? name : name.with("namespace", key.namespace());
    }

    /// Removes those that earlier runs have left, while none runs.
    static void prune(ApiClient api) {
        Query ours = Query.ALL.labelled(Selector.ofLabels(Map.of(MADE_BY, US)));
        api.list(BINDINGS, ours).items().forEach(o -> api.delete(BINDINGS, o.key(), DeleteOptions.NOW));
        api.list(BuiltinResources.SERVICE_ACCOUNTS, ours).items()
                .forEach(o -> api.delete(BuiltinResources.SERVICE_ACCOUNTS, o.key(), DeleteOptions.NOW));
    }

    /// A kubeconfig for a token.
    ///
    /// @param server its address
    /// @param authority the file with the certificate it is verified by
    static byte[] kubeconfig(String server, String authority, String token) {
        return Json.bytes(Struct.of("apiVersion", "v1", "kind", "Config", "current-context", "k3s", "clusters",
                Seq.of(Struct.of("name", "k3s", "cluster",
                        Struct.of("server", server, "certificate-authority", authority))),
                "users", Seq.of(Struct.of("name", "helm", "user", Struct.of("token", token))), "contexts",
                Seq.of(Struct.of("name", "k3s", "context", Struct.of("cluster", "k3s", "user", "helm")))));
    }
}
