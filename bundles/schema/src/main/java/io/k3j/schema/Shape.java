package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a value may look like: a kind, or a type nested in one. Immutable; shapes of recursive types
/// refer to themselves and are made when first looked at.
///
/// A shape holds what is said of the value *where it stands* (its description, default, list and patch
/// rules), so walking an object needs nothing but [#child(String)] and [#items()].
public final class Shape {
    /// Any value at all.
    public static final Shape ANY = new Shape(Facts.of(Type.ANY), Body.NONE);

    private final Facts facts;
    private final Body body;

    Shape(Facts facts, Body body) {
        this.facts = facts;
        this.body = body;
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
    public Type type() {
        return facts.type();
    }

    /// The name of the definition as upstream gives it (`io.k8s.api.core.v1.PodSpec`), empty when inline.
    public String definition() {
        return facts.definition();
    }

    /// The documentation where the value stands, else the definition's.
    public String description() {
        String here = facts.description().get();
        return here.isEmpty() ? body.description() : here;
    }

    /// OBJECT: the fields in order; else empty.
    public List<Field> fields() {
        return body.fields().list();
    }

    /// OBJECT: a field by name, or null.
    public @Nullable Field field(String name) {
        return body.fields().find(name);
    }

    /// LIST: the shape of elements. MAP: the shape of values. An OBJECT with free fields beside the named
    /// ones: their shape. Else ANY.
    public Shape items() {
        Shape items = facts.items();
        return items == null ? ANY : items;
    }

    /// The shape of the value under a name of a struct: a field's, a map's values', ANY below ANY and where
    /// unknown fields are kept; null for an unknown field.
    public @Nullable Shape child(String name) {
        return switch (facts.type()) {
            case OBJECT -> {
                Field f = field(name);
                yield f != null ? f.shape() : facts.items() != null ? items() : keepsUnknown() ? ANY : null;
            }
            case MAP -> items();
            case ANY -> facts.items() == null ? ANY : items().child(name);
            case FIELDS -> ANY;
            default -> null;
        };
    }

    /// The values allowed, empty when not restricted.
    public Seq choices() {
        return facts.choices();
    }

    /// The declared default, or null.
    public @Nullable Object defaultValue() {
        return facts.defaultValue();
    }

    /// Strategic merge: the list is merged (`merge`), not replaced.
    public boolean patchMerge() {
        return facts.has(Facts.PATCH_MERGE);
    }

    /// Strategic merge: `$retainKeys` is understood here.
    public boolean patchRetainKeys() {
        return facts.has(Facts.RETAIN_KEYS);
    }

    /// Strategic merge: the struct is replaced as a whole (`x-kubernetes-patch-strategy: replace`).
    public boolean patchReplace() {
        return facts.has(Facts.PATCH_REPLACE);
    }

    /// Strategic merge: the field that tells elements apart, empty when there is none.
    public String mergeKey() {
        return facts.mergeKey();
    }

    /// LIST: how it is merged by server-side apply.
    public ListType listType() {
        return facts.has(Facts.LIST_MAP) ? ListType.MAP : facts.has(Facts.LIST_SET) ? ListType.SET : ListType.ATOMIC;
    }

    /// LIST of type MAP: the fields that tell elements apart; else empty.
    public List<String> mapKeys() {
        return facts.mapKeys();
    }

    /// A struct or list that is applied as a whole.
    public boolean atomic() {
        return facts.type() == Type.LIST
                ? listType() == ListType.ATOMIC
                : facts.has(Facts.ATOMIC) || body.atomic() && !facts.has(Facts.GRANULAR);
    }

    /// Whether unknown fields are kept.
    public boolean keepsUnknown() {
        return facts.has(Facts.KEEPS_UNKNOWN);
    }

    /// Whether the value is a whole Kubernetes object (`x-kubernetes-embedded-resource`).
    public boolean embedded() {
        return facts.has(Facts.EMBEDDED);
    }

    /// Whether null is a value of its own.
    public boolean nullable() {
        return facts.has(Facts.NULLABLE);
    }

    /// LIST: each element stands in a protobuf message of its own (`Verbs`, `ExtraValue`).
    public boolean wrapped() {
        return facts.has(Facts.WRAPPED);
    }

    /// The OpenAPI format, empty when there is none.
    public String format() {
        return facts.format();
    }

    /// What else a CRD demands of the value; [Rules#NONE] for built-in types.
    public Rules rules() {
        return facts.rules();
    }

    Struct source() {
        return body.source();
    }

    FieldTable table() {
        return body.fields();
    }

    Facts facts() {
        return facts;
    }

    /// The definition's name or the type, for people reading test failures.
    @Override
    public String toString() {
        return facts.definition().isEmpty() ? facts.type().toString() : facts.definition();
    }
}
