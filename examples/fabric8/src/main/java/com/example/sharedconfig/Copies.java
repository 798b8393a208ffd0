package com.example.sharedconfig;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.cache.Store;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Brings the copies of one shared configuration nearer to what is wanted. A ConfigMap of the same name that it has
/// not made is left to whoever did. Blocks; one thread at a time.
final class Copies {
    /// Label of each copy: whose it is.
    static final String LABEL = "config.example.com/shared";
    private static final PatchContext APPLY = apply(false);
    private static final PatchContext APPLY_TO_OURS = apply(true);
    private final KubernetesClient client;
    private final Store<ConfigMap> present;

    /// @param present all ConfigMaps with the label
    Copies(KubernetesClient client, Store<ConfigMap> present) {
        this.client = client;
        this.present = present;
    }

    private static PatchContext apply(boolean force) {
        return new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY).withFieldManager("shared-config")
                .withForce(force).build();
    }

    /// @return what is now
    /// @throws KubernetesClientException when the server cannot be asked
    SharedConfig.Status reconcile(SharedConfig shared) {
        List<String> missing = new ArrayList<>();
        var wanted = new TreeSet<>(shared.getSpec().namespaces());
        for (String namespace : wanted) {
            try {
                apply(copy(shared, namespace));
            } catch (KubernetesClientException e) {
                missing.add(namespace + ": " + refusal(e));
            }
        }
        for (ConfigMap copy : present.list()) {
            if (isOf(copy, shared) && !wanted.contains(copy.getMetadata().getNamespace())) {
                client.resource(copy).delete();
            }
        }
        return new SharedConfig.Status(wanted.size() - missing.size(), missing);
    }

    private void apply(ConfigMap copy) {
        boolean ours = present.getByKey(present.getKey(copy)) != null;
        client.resource(copy).patch(ours ? APPLY_TO_OURS : APPLY, copy);
    }

    /// @throws KubernetesClientException what is no refusal of this one object
    private static String refusal(KubernetesClientException e) {
        return switch (e.getCode()) {
            case HttpURLConnection.HTTP_NOT_FOUND -> "there is no such namespace";
            case HttpURLConnection.HTTP_CONFLICT -> "a ConfigMap of this name is somebody else's";
            case HttpURLConnection.HTTP_FORBIDDEN -> "nothing can be created there now";
            default -> throw e;
        };
    }

    private static boolean isOf(ConfigMap copy, SharedConfig shared) {
        return shared.getMetadata().getName().equals(copy.getMetadata().getLabels().get(LABEL));
    }

    /// As it is to be. It goes when the shared configuration does.
    static ConfigMap copy(SharedConfig shared, String namespace) {
        String name = shared.getMetadata().getName();
        return new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace(namespace).addToLabels(LABEL, name)
                .addNewOwnerReference().withApiVersion(shared.getApiVersion()).withKind(shared.getKind()).withName(name)
                .withUid(shared.getMetadata().getUid()).endOwnerReference().endMetadata()
                .withData(shared.getSpec().data()).build();
    }
}
