package io.k3j.model;

/// Namespace and name of an object; the namespace of a cluster-wide one is the empty string.
public record Key(String namespace, String name) implements Comparable<Key> {
    /// A cluster-wide object's key.
    public static Key of(String name) {
        return new Key("", name);
    }

    @Override
    public int compareTo(Key other) {
        int n = namespace.compareTo(other.namespace);
        return n != 0 ? n : name.compareTo(other.name);
    }

    /// As in messages: `namespace/name`, or the name alone.
    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
