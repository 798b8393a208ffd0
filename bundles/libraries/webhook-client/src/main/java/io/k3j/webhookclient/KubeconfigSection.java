package io.k3j.webhookclient;

import io.k3j.model.Struct;

/// A named part of a kubeconfig: a cluster, a user or a context. Its text has no credential. Immutable.
record KubeconfigSection(String name, Struct values) {
    /// The one of a name; an empty one where there is none.
    static KubeconfigSection of(Struct config, String list, String kind, String name) {
        return new KubeconfigSection(name, config.seq(list).find("name", name).struct(kind));
    }

    /// The text of a field, empty where it has none.
    String text(String field) {
        return values.text(field);
    }

    /// Whether a field is given, in place (`-data`) or as a file.
    boolean gives(String field) {
        return !text(field).isEmpty() || !text(field + "-data").isEmpty();
    }

    @Override
    public String toString() {
        return "section " + name;
    }
}
