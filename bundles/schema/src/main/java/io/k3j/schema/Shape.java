package io.k3j.schema;

import io.k3j.model.Seq;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a value may look like: a kind, or a type nested in one. Immutable; shapes of recursive types
/// refer to themselves and are made when first looked at.
///
/// A shape holds what is said of the value *where it stands* (its description, default, list and patch
/// rules), so walking an object needs nothing but [#child(String)] and [#items()].
public abstract class Shape {
    Shape() {
    }

    /// What JSON a value may be, and which Go type stands behind it.
    public enum Type {
        /// A struct with named fields.
        OBJECT,
        /// A struct with free names and values of one shape, as labels.
        MAP,
        /// A list of values of one shape.
        LIST,
        /// A string.
        STRING,
        /// A whole number of 32 bits.
        INT32,
        /// A whole number of 64 bits.
        INT64,
        /// Any number.
        NUMBER,
        /// `true` or `false`.
        BOOLEAN,
        /// A whole number or a string, as ports and percentages.
        INT_OR_STRING,
        /// A quantity as `100m`: a string, or a number that is taken as its text.
        QUANTITY,
        /// RFC 3339 with seconds.
        TIME,
        /// RFC 3339 with microseconds.
        MICRO_TIME,
        /// A Go duration as `1m30s`.
        DURATION,
        /// Bytes, in base 64.
        BYTES,
        /// The field set of a managed-fields entry.
        FIELDS,
        /// Any value at all.
        ANY
    }

    /// How a list is merged.
    public enum ListType {
        /// As a whole.
        ATOMIC,
        /// As a set of scalars.
        SET,
        /// As a map, by [Shape#mapKeys()].
        MAP
    }

    /// The kind of value.
    public abstract Type type();

    /// The name of the definition as upstream gives it (`io.k8s.api.core.v1.PodSpec`), empty when inline.
    public abstract String definition();

    /// The documentation where the value stands, else the definition's.
    public abstract String description();

    /// OBJECT: the fields in order; else empty.
    public abstract List<Field> fields();

    /// OBJECT: a field by name, or null.
    public abstract @Nullable Field field(String name);

    /// LIST: the shape of elements. MAP: the shape of values. An OBJECT with free fields beside the named
    /// ones: their shape. Else ANY.
    public abstract Shape items();

    /// The shape of the value under a name of a struct: a field's, a map's values', ANY below ANY and where
    /// unknown fields are kept; null for an unknown field.
    public abstract @Nullable Shape child(String name);

    /// The values allowed, empty when not restricted.
    public abstract Seq choices();

    /// The declared default, or null.
    public abstract @Nullable Object defaultValue();

    /// Strategic merge: the list is merged (`merge`), not replaced.
    public abstract boolean patchMerge();

    /// Strategic merge: `$retainKeys` is understood here.
    public abstract boolean patchRetainKeys();

    /// Strategic merge: the struct is replaced as a whole (`x-kubernetes-patch-strategy: replace`).
    public abstract boolean patchReplace();

    /// Strategic merge: the field that tells elements apart, empty when there is none.
    public abstract String mergeKey();

    /// LIST: how it is merged by server-side apply.
    public abstract ListType listType();

    /// LIST of type MAP: the fields that tell elements apart; else empty.
    public abstract List<String> mapKeys();

    /// A struct or list that is applied as a whole.
    public abstract boolean atomic();

    /// Whether unknown fields are kept.
    public abstract boolean keepsUnknown();

    /// Whether the value is a whole Kubernetes object (`x-kubernetes-embedded-resource`).
    public abstract boolean embedded();

    /// Whether null is a value of its own.
    public abstract boolean nullable();

    /// The OpenAPI format, empty when there is none.
    public abstract String format();

    /// What else a CRD demands of the value; [Rules#NONE] for built-in types.
    public abstract Rules rules();
}
