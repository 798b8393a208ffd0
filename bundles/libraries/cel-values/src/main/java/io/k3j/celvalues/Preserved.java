package io.k3j.celvalues;

/// A value of a custom resource whose type no schema says (`x-kubernetes-preserve-unknown-fields`): a validation rule
/// can find that it is there and compare it, and see nothing of it, as upstream's `unknownPreserved`.
public record Preserved(Object raw) implements Viewed {
    /// As it is compared.
    public Object value() {
        return Adapter.DYN.adapt(raw);
    }
}
