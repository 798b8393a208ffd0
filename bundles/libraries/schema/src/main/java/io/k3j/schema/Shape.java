package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a value may look like: a kind, or a type nested in one. Immutable; shapes of recursive types refer to
/// themselves and are made when first looked at.
///
/// A shape holds what is said of the value *where it stands* (its description, default, list and patch rules), so
/// walking an object needs nothing but [#child(String)] and [#items()]. Two places that hold the same type have two
/// shapes with one body.
///
/// A shape has no `equals`: it is compared by [#definition()], or not at all. No call blocks; any number of threads.
public final class Shape {
    /// Any value at all. What stands below it is any value, too.
    public static final Shape ANY = new Shape(Facts.of(Type.ANY), Body.NONE);

    /// What is said where the value stands.
    private final Facts facts;
    /// What the type is wherever it stands; may be read lazily.
    private final Body body;

    Shape(Facts facts, Body body) {
        this.facts = facts;
        this.body = body;
    }

    /// What JSON a value may be, and which Go type stands behind it. `schema.bin` holds the position of a constant: a
    /// new one goes to the end, here and in `BinWriter` of `build/schema-gen`.
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

    /// How server-side apply merges a list: `x-kubernetes-list-type`. See "Server-Side Apply", "Merge strategy".
    /// Strategic merge patch does not look at it, but at [Shape#patchMerge()] and [Shape#mergeKey()].
    public enum ListType {
        /// As a whole; also a list of which nothing is said.
        ATOMIC,
        /// As a set of scalars: each element is owned by whoever applied it.
        SET,
        /// As a map, by [Shape#mapKeys()]: each element is owned field by field.
        MAP
    }

    /// The kind of value. `switch` over it without a default, so that a new one is not forgotten.
    public Type type() {
        return facts.type();
    }

    /// The name of the definition as upstream gives it (`io.k8s.api.core.v1.PodSpec`), empty when the type is inline.
    /// Empty for everything of a CRD but its `metadata`: by that built-in and custom kinds are told apart.
    public String definition() {
        return facts.definition();
    }

    /// The documentation where the value stands, else the definition's; empty when there is none. A call may inflate
    /// the descriptions of all built-in types.
    public String description() {
        String here = facts.description().get();
        return here.isEmpty() ? body.description() : here;
    }

    /// OBJECT: the fields in the order of the definition; else empty. Unmodifiable.
    public List<Field> fields() {
        return body.fields().list();
    }

    /// OBJECT: a field by its JSON name, or null. Names are compared exactly, as upstream's `sigs.k8s.io/json` does it:
    /// `Spec` is no field of a Pod.
    public @Nullable Field field(String name) {
        return body.fields().find(name);
    }

    /// LIST: the shape of elements. MAP: the shape of values. An OBJECT with free fields beside the named ones: their
    /// shape. Else ANY; never null.
    public Shape items() {
        Shape items = facts.items();
        return items == null ? ANY : items;
    }

    /// The shape of the value under a name of a struct: a field's, a map's values', ANY below ANY and where unknown
    /// fields are kept; null for an unknown field, and for a value that is no struct.
    ///
    /// Where a CustomResourceDefinition may have a schema or something else (`JSONSchemaPropsOrBool`), the shape is ANY
    /// with items, and the children of those are its own.
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

    /// The values allowed (`enum`), empty when not restricted. Of a built-in type they are shown in OpenAPI only;
    /// validation of built-in kinds has rules of its own.
    public Seq choices() {
        return facts.choices();
    }

    /// The declared default as a tree's value, or null. Of built-in types only those that upstream's types declare, as
    /// `protocol: TCP`; what upstream fills in by code is not here.
    public @Nullable Object defaultValue() {
        return facts.defaultValue();
    }

    /// Strategic merge: the list is merged (`x-kubernetes-patch-strategy: merge`), not replaced. By [#mergeKey()], or
    /// as a set of scalars where there is none.
    public boolean patchMerge() {
        return facts.has(Facts.PATCH_MERGE);
    }

    /// Strategic merge: `$retainKeys` is understood here (`x-kubernetes-patch-strategy: retainKeys`). For OpenAPI;
    /// [StrategicMerge] follows the directive wherever it stands.
    public boolean patchRetainKeys() {
        return facts.has(Facts.RETAIN_KEYS);
    }

    /// Strategic merge: the struct is replaced as a whole (`x-kubernetes-patch-strategy: replace`).
    public boolean patchReplace() {
        return facts.has(Facts.PATCH_REPLACE);
    }

    /// Strategic merge: the field that tells elements apart, as `containerPort`; empty when there is none. May be
    /// another one than [#mapKeys()] names: ports are merged by port here, by port and protocol there.
    public String mergeKey() {
        return facts.mergeKey();
    }

    /// LIST: how it is merged by server-side apply. ATOMIC for what is no list.
    public ListType listType() {
        return facts.has(Facts.LIST_MAP) ? ListType.MAP : facts.has(Facts.LIST_SET) ? ListType.SET : ListType.ATOMIC;
    }

    /// LIST of type MAP: the fields that together tell elements apart (`x-kubernetes-list-map-keys`); else empty.
    public List<String> mapKeys() {
        return facts.mapKeys();
    }

    /// A struct or list that is applied as a whole: one manager owns all of it. Of a struct the place decides where it
    /// says something (`x-kubernetes-map-type`), else the definition: label selectors are atomic everywhere.
    public boolean atomic() {
        return facts.type() == Type.LIST
                ? listType() == ListType.ATOMIC
                : facts.has(Facts.ATOMIC) || body.atomic() && !facts.has(Facts.GRANULAR);
    }

    /// Whether unknown fields are kept (`x-kubernetes-preserve-unknown-fields`). Never of built-in types.
    public boolean keepsUnknown() {
        return facts.has(Facts.KEEPS_UNKNOWN);
    }

    /// Whether the value is a whole Kubernetes object (`x-kubernetes-embedded-resource`). It has `apiVersion`, `kind`
    /// and `metadata` among its fields then, whatever the schema names. Never of built-in types.
    public boolean embedded() {
        return facts.has(Facts.EMBEDDED);
    }

    /// Whether null is a value of its own. Elsewhere null is a field that is not set. Never of built-in types.
    public boolean nullable() {
        return facts.has(Facts.NULLABLE);
    }

    /// LIST: each element stands in a protobuf message of its own (`Verbs`, `ExtraValue`), because Go gives the list a
    /// name.
    public boolean wrapped() {
        return facts.has(Facts.WRAPPED);
    }

    /// The OpenAPI format, empty when there is none. Of built-in types that of their type; of a CRD as it was written,
    /// checked where validation knows it and ignored else, as upstream does.
    public String format() {
        return facts.format();
    }

    /// Whether expressions (CEL) know a type for the value: not where it may be anything, and so not for lists and maps
    /// of such. An object may have any fields and no type for one of them.
    public boolean typed() {
        return switch (facts.type()) {
            case ANY -> false;
            case LIST -> items().typed();
            case MAP -> items() == ANY || items().typed();
            default -> true;
        };
    }

    /// Whether the value is the `metadata` of an object.
    public boolean objectMeta() {
        return facts.definition().endsWith(".meta.v1.ObjectMeta");
    }

    /// What else a CRD demands of the value; [SchemaRules#NONE] for built-in types.
    public SchemaRules rules() {
        return facts.rules();
    }

    /// The schema of the CRD it was made from, as it was written; empty for built-in types. OpenAPI publishes that, not
    /// the shape.
    public Struct source() {
        return body.source();
    }

    /// How the struct is applied where it stands, as `x-kubernetes-map-type` has it: `atomic`, `granular`, or empty
    /// where the definition alone says it.
    public String mapType() {
        return facts.has(Facts.ATOMIC) ? "atomic" : facts.has(Facts.GRANULAR) ? "granular" : "";
    }

    /// Whether more is said of the value where it stands than that it is of a definition: what OpenAPI writes beside a
    /// `$ref`.
    public boolean hasRefSiblings() {
        return facts.flags() > 1;
    }

    /// For walks that look up each field of a document, without the checks of [#field(String)].
    FieldTable table() {
        return body.fields();
    }

    /// For what the public methods cannot tell: whether items were given at all.
    Facts facts() {
        return facts;
    }

    /// The definition's name or the type, for people reading test failures.
    @Override
    public String toString() {
        return facts.definition().isEmpty() ? facts.type().toString() : facts.definition();
    }
}
