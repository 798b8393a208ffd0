package io.k3j.admissionkit;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;

/// Predicates on a write.
public final class WriteAttributes {
    private WriteAttributes() {
    }

    /// Whether the write creates an object of a core resource.
    public static boolean creates(Write write, String resource) {
        return creates(write, "", resource);
    }

    /// Whether the write creates an object of a resource.
    public static boolean creates(Write write, String group, String resource) {
        return write.operation() == Operation.CREATE && of(write, group, resource) && write.subresource().isEmpty();
    }

    /// Whether the write creates or updates an object of a core resource, not by a subresource.
    public static boolean createsOrUpdates(Write write, String resource) {
        return (write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE)
                && of(write, "", resource) && write.subresource().isEmpty();
    }

    /// Whether the write is to a resource.
    public static boolean of(Write write, String group, String resource) {
        return write.kind().gvr().resource().equals(resource) && write.kind().gvr().group().equals(group);
    }
}
