package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Publishes the authority of the API server's serving certificate as the ClusterTrustBundle of
/// `kubernetes.io/kube-apiserver-serving`, and removes other bundles of that signer: upstream's
/// `clustertrustbundlepublisher`. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#cluster-trust-bundles>.
final class TrustBundlePublisher implements Reconciler {
    private static final System.Logger LOG = System.getLogger("io.k3j.controllerscluster");
    private static final String NAME = "kube-apiserver-serving-clustertrustbundle-publisher";
    private static final String GROUP = "certificates.k8s.io";
    private static final String SIGNER = "kubernetes.io/kube-apiserver-serving";
    private static final Key ALL = Key.of("");
    /// So much of the hash is in a name.
    private static final int HASH_BYTES = 12;

    private final Gvr resource;
    private final LiveView bundles;
    private final Supplier<String> certificate;

    private TrustBundlePublisher(ControllerContext context, Gvr resource, Supplier<String> certificate) {
        this.resource = resource;
        this.bundles = context.views().of(resource, Query.ALL.where("spec.signerName", SIGNER));
        this.certificate = certificate;
    }

    /// Adds the controller where the API is served, in the version that is preferred.
    ///
    /// @param certificate reads the authority's certificates in PEM
    static void add(ControllerContext context, Supplier<String> certificate) {
        Optional<Gvr> served = context.api().resources().stream().map(ApiResource::resource)
                .filter(r -> r.group().equals(GROUP) && r.resource().equals("clustertrustbundles")).findFirst();
        if (served.isEmpty()) {
            LOG.log(Level.INFO, "Publish no ClusterTrustBundle: no version of it is served group={0}", GROUP);
            return;
        }
        TrustBundlePublisher all = new TrustBundlePublisher(context, served.get(), certificate);
        context.loop(NAME + "-controller", NAME, 1, all).on(all.bundles, b -> List.of(ALL)).queue().add(ALL);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        String bundle = certificate.get();
        String name = name(bundle);
        Optional<Obj> found = bundles.get(Key.of(name));
        if (found.isEmpty()) {
            writer.create(resource, Obj.of(Struct.of("apiVersion", resource.apiVersion(), "kind", "ClusterTrustBundle",
                    "metadata", Struct.of("name", name), "spec",
                    Struct.of("signerName", SIGNER, "trustBundle", bundle))));
        } else if (!found.get().spec().text("trustBundle").equals(bundle)) {
            writer.update(resource, found.get().with(bundle, "spec", "trustBundle"));
        }
        for (Obj other : bundles.list()) {
            if (!other.name().equals(name)) {
                writer.delete(resource, other);
            }
        }
        return Requeue.NEVER;
    }

    private static String name(String bundle) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bundle.getBytes(StandardCharsets.UTF_8));
            return SIGNER.replace('/', ':') + ":" + HexFormat.of().formatHex(Arrays.copyOf(hash, HASH_BYTES));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
