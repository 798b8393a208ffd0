package io.k3j.schema;

/// What a value may look like: a kind, or a type nested in one.
public final class Shape {
}
