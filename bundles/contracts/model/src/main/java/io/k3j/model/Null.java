package io.k3j.model;

/// The JSON `null`, present as a value.
public enum Null {
    /// The only one.
    NULL;

    @Override
    public String toString() {
        return "null";
    }
}
