package io.k3j.celapi;

import io.k3j.schema.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// The type of a variable, or of an expression's result. Immutable.
public sealed interface CelType {
    /// Types without parts.
    enum Simple implements CelType {
        /// Known when it is evaluated only. Takes any value.
        DYN,
        /// Takes a Boolean.
        BOOL,
        /// Takes a Long.
        INT,
        /// Takes a Double.
        DOUBLE,
        /// Takes a String.
        STRING,
        /// Null, and nothing else.
        NULL,
        /// `authorizer`; takes a [CelAccess].
        AUTHORIZER,
        /// `authorizer.requestResource`, a check that is ready; takes a [CelAccess.Check].
        RESOURCE_CHECK,
        /// A `JSONPatch{…}`, where there are such: for `wanted`.
        JSON_PATCH,
        /// An `Object{…}` of the mutated kind, where there are such: for `wanted`.
        MUTATED_OBJECT
    }

    /// A value as a schema has it: a field nobody declared is a compile error. Takes a tree's value, which is read
    /// where
    /// the expression looks, never copied. Numbers, times and bytes are converted as the schema says; what is
    /// int-or-string, has unknown fields kept or no schema is `dyn`; a quantity is a string.
    /// @param name for messages and for telling types apart, as `Object` or `io.k8s.api.apps.v1.Deployment`
    /// @param ruled whether it is seen by validation rules of a CustomResourceDefinition, which know of
    ///     `metadata` the
    ///     name and `generateName` only
    record Shaped(String name, Shape shape, boolean ruled) implements CelType {
        /// As policies see it.
        public Shaped(String name, Shape shape) {
            this(name, shape, false);
        }
    }

    /// An object with named fields, as `request` or `variables`. Takes a tree's Struct, or a `Map<String, ?>` of
    /// values
    /// that fit the fields' types; a value may be [CelLazy].
    /// @param name for messages, as `kubernetes.AdmissionRequest`
    record Fields(String name, Map<String, CelType> fields) implements CelType {
        /// Copies the map, in its order.
        public Fields {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /// A list of values of one type.
    record ListOf(CelType elements) implements CelType {
    }

    /// A map from strings to values of one type.
    record MapOf(CelType values) implements CelType {
    }

    /// An optional value (`optional_type`). Takes a `java.util.Optional` of a value that fits.
    record OptionalOf(CelType value) implements CelType {
    }

    /// The type of what an expression gave, for a variable that takes the value of [CelEvaluation.Value].
    /// @param name as messages have it, as `list(int)`
    /// @param handle the engine's own
    record Computed(String name, Object handle) implements CelType {
    }
}
