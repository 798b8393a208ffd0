package io.k3j.admissioncore;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;

/// Short questions about a write.
final class Writes {
    private Writes() {
    }

    /// Whether this creates an object of a resource of the core group.
    static boolean creates(Write write, String resource) {
        return creates(write, "", resource);
    }

    /// Whether this creates an object of a resource.
    static boolean creates(Write write, String group, String resource) {
        return write.operation() == Operation.CREATE && of(write, group, resource) && write.subresource().isEmpty();
    }

    /// Whether this creates or changes an object of a resource of the core group, and not by a subresource.
    static boolean shapes(Write write, String resource) {
        return (write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE)
                && of(write, "", resource) && write.subresource().isEmpty();
    }

    /// Whether this is about a resource.
    static boolean of(Write write, String group, String resource) {
        return write.kind().gvr().resource().equals(resource) && write.kind().gvr().group().equals(group);
    }
}
