package io.k3j.watchcache;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.model.Key;

/// Where objects lie in the store: `/registry/RESOURCE/NAMESPACE/NAME` as upstream has them, so that the datastore
/// of a K3s can be taken over. The resource part is the kind's own, as `services/specs` and `minions` show. Pure.
public final class StorageKeys {
    /// Above everything the API server keeps (upstream's `--etcd-prefix`).
    public static final String ROOT = "/registry/";
    /// Above what this server keeps for itself, which no client sees.
    public static final String OWN = ROOT + "k3j.io/";

    private StorageKeys() {
    }

    /// An object's key in the store; of a cluster's object, without a namespace.
    public static String of(ResourceKind kind, Key key) {
        String prefix = kind.storage().prefix();
        String namespace = key.namespace();
        String name = key.name();
        // asked several times for each request: one builder of the right size
        StringBuilder text = new StringBuilder(prefix.length() + namespace.length() + 1 + name.length()).append(prefix);
        if (!namespace.isEmpty()) {
            text.append(namespace).append('/');
        }
        return text.append(name).toString();
    }

    /// What all keys of one namespace (empty: of the resource) begin with.
    public static String scope(ResourceKind kind, String namespace) {
        String prefix = kind.storage().prefix();
        return namespace.isEmpty() ? prefix : prefix + namespace + "/";
    }

    /// The lowest key above all that begin with `prefix`, which ends in `/`: `0` comes right after `/`.
    public static String end(String prefix) {
        return prefix.substring(0, prefix.length() - 1) + "0";
    }
}
