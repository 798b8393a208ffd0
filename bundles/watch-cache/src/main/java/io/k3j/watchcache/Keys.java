package io.k3j.watchcache;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.model.Key;

/// Where objects lie in the store.
public final class Keys {
    /// Above everything the API server keeps.
    public static final String ROOT = "/registry/";

    private Keys() {
    }

    /// An object's key in the store.
    public static String of(ResourceKind kind, Key key) {
        return scope(kind, key.namespace()) + key.name();
    }

    /// What all keys of one namespace (empty: of the resource) begin with.
    public static String scope(ResourceKind kind, String namespace) {
        String prefix = kind.storage().prefix();
        return namespace.isEmpty() ? prefix : prefix + namespace + "/";
    }

    /// The lowest key above all that begin with `prefix`, which ends in `/`.
    public static String end(String prefix) {
        return prefix.substring(0, prefix.length() - 1) + "0";
    }
}
