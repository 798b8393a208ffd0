package io.k3j.resourcescrd;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.SchemaNodes;
import io.k3j.validation.Problems;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What a schema may not say although it is structural, inside of branches as well: keywords that nobody follows,
/// defaults where nothing is filled in, and lists and maps that server-side apply could not merge. Upstream's
/// `ValidateCustomResourceDefinitionOpenAPISchema` without the rules in CEL. For one definition and one thread; goes as
/// deep as a schema does, which [SchemaBounds] bounds first.
final class SchemaKeywords {
    private static final String EMBEDDED = "x-kubernetes-embedded-resource";
    private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";
    private static final String MAP_TYPE = "x-kubernetes-map-type";
    private static final String LIST_TYPE = "x-kubernetes-list-type";
    private static final String KEYS = "x-kubernetes-list-map-keys";
    private static final String MORE = "additionalProperties";
    private static final String ITEMS = "items";
    private static final String DEFAULT = "default";
    private static final String KEYED = " if " + LIST_TYPE + " is map";
    private static final String KEY = "this property is in " + KEYS + ", so it ";
    private static final List<String> TYPES = List.of("array", "boolean", "integer", "number", "object", "string");
    private static final List<String> MAP_TYPES = List.of("atomic", "granular");
    private static final List<String> LIST_TYPES = List.of("atomic", "set", "map");
    private static final List<String> LISTS = List.of("allOf", "oneOf", "anyOf", ITEMS);
    private static final List<String> META = List.of("apiVersion", "kind", "metadata");
    private static final List<String> UNSUPPORTED = List.of("id", "additionalItems", "patternProperties", "definitions",
            "dependencies", "$ref");
    /// Rules that were not there from the beginning, so that a definition that was stored against one goes on.
    private static final BiConsumer<Struct, Problems> TYPE = (s, p) -> p.oneOf(s, "type", TYPES);
    private static final BiConsumer<Struct, Problems> ATOMIC = SchemaKeywords::atomic;
    private static final BiConsumer<Struct, Problems> ELEMENTS = SchemaKeywords::elements;
    private final Struct before;
    private final Map<BiConsumer<Struct, Problems>, Boolean> stored = new HashMap<>();

    /// What the schemas around a place make of it.
    ///
    /// @param meta whether it is in the type fields or the metadata of an object
    /// @param bare why nothing is filled in there; empty where it is
    private record Around(boolean meta, String bare) {
        Around property(String name, Struct of, boolean root) {
            boolean inside = (root || of.flag(EMBEDDED)) && META.contains(name);
            return inside ? new Around(true, root ? "in top-level " + name : bare) : this;
        }

        Around values() {
            return meta ? new Around(true, "inside additionalProperties applying to object metadata") : this;
        }
    }

    /// @param before the spec that is replaced, empty on creation
    SchemaKeywords(Struct before) {
        this.before = before;
    }

    /// Tells everything there is.
    ///
    /// @param p the schema's place
    void check(Struct schema, Problems p) {
        node(schema, new Around(false, ""), true, p);
    }

    private void node(Struct s, Around around, boolean root, Problems p) {
        if (p.full()) {
            return;
        }
        unlessStored(TYPE, s, p);
        keywords(s, around, p);
        additional(s, around, p);
        s.struct("properties").forEach((name, v) -> {
            if (v instanceof Struct inner) {
                node(inner, around.property(name, s, root), false, p.at("properties").key(name));
            }
        });
        if (s.get("not") instanceof Struct not) {
            node(not, around, false, p.at("not"));
        }
        for (String name : LISTS) {
            Seq all = s.seq(name);
            for (int i = 0; i < all.size(); i++) {
                node(all.struct(i), around, false, p.at(name, i));
            }
        }
        if (s.get(ITEMS) instanceof Struct items) {
            node(items, around, false, p.at(ITEMS));
        }
        if (Boolean.FALSE.equals(s.get(PRESERVE))) {
            p.at(PRESERVE).invalid(false, "must be true or undefined");
        }
        if (s.get(MAP_TYPE) instanceof String kind) {
            typed(s, "object", MAP_TYPE, p);
            one(kind, MAP_TYPES, p.at(MAP_TYPE));
        }
        lists(s, p);
    }

    private static void one(String value, List<String> known, Problems p) {
        if (!known.contains(value)) {
            p.unsupported(value, known);
        }
    }

    private static void typed(Struct s, String type, String keyword, Problems p) {
        String has = s.text("type");
        if (has.isEmpty()) {
            p.at("type").required("must be " + type + " if " + keyword + " is specified");
        } else if (!has.equals(type)) {
            p.at("type").invalid(has, "must be " + type + " if " + keyword + " is specified");
        }
    }

    /// Whether a keyword says anything.
    private static boolean says(@Nullable Object value) {
        return value != null && value != Null.NULL && !value.equals("") && !value.equals(Struct.EMPTY);
    }

    /// Keywords that are not allowed, or not here.
    private static void keywords(Struct s, Around around, Problems p) {
        if (!around.bare.isEmpty() && s.has(DEFAULT) && s.get(DEFAULT) != Null.NULL) {
            p.at(DEFAULT).forbidden("must not be set " + around.bare);
        }
        for (String name : UNSUPPORTED) {
            if (says(s.get(name))) {
                p.at(name).forbidden(name + " is not supported");
            }
        }
        if (s.text("type").equals("null")) {
            p.at("type").forbidden("type cannot be set to null, use nullable as an alternative");
        }
        if (!s.seq(ITEMS).isEmpty()) {
            p.at(ITEMS).forbidden("items must be a schema object and not an array");
        }
        if (around.meta && s.flag(EMBEDDED)) {
            p.at(EMBEDDED).forbidden("must not be used inside of resource meta");
        }
        if (s.flag("uniqueItems")) {
            p.at("uniqueItems")
                    .forbidden("uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        }
    }

    /// Unknown fields are taken away by an object's own fields, or none is unknown.
    private void additional(Struct s, Around around, Problems p) {
        Object more = s.get(MORE);
        boolean some = more instanceof Struct || Boolean.FALSE.equals(more);
        if (some && !s.struct("properties").isEmpty()) {
            p.at(MORE).forbidden("additionalProperties and properties are mutual exclusive");
        }
        if (more instanceof Struct values) {
            node(values, around.values(), false, p.at(MORE));
        }
    }

    private void lists(Struct s, Problems p) {
        boolean keys = !s.seq(KEYS).isEmpty();
        if (!(s.get(LIST_TYPE) instanceof String kind)) {
            if (keys) {
                p.at(LIST_TYPE).required("must be map if " + KEYS + " is non-empty");
            }
            return;
        }
        typed(s, "array", LIST_TYPE, p);
        if (s.text("type").equals("array")) {
            unlessStored(ATOMIC, s, p);
        }
        one(kind, LIST_TYPES, p.at(LIST_TYPE));
        if (kind.equals("map")) {
            keyed(s, p);
        } else if (keys) {
            p.at(LIST_TYPE).invalid(kind, "must be map if " + KEYS + " is non-empty");
        }
        unlessStored(ELEMENTS, s, p);
    }

    /// Follows a rule unless some schema of the definition, as it is stored, is against it.
    private void unlessStored(BiConsumer<Struct, Problems> rule, Struct s, Problems p) {
        if (broken(rule, s) && !stored.computeIfAbsent(rule, r -> SchemaNodes.anyOf(before, old -> broken(r, old)))) {
            rule.accept(s, p);
        }
    }

    private static boolean broken(BiConsumer<Struct, Problems> rule, Struct s) {
        Problems problems = Problems.none();
        rule.accept(s, problems);
        return !problems.found().isEmpty();
    }

    /// The elements of a set are equal or not, so that nobody merges them.
    private static void atomic(Struct s, Problems p) {
        if (!s.text(LIST_TYPE).equals("set") || !(s.get(ITEMS) instanceof Struct items)) {
            return;
        }
        String why = "must be atomic as item of a list with " + LIST_TYPE + "=set";
        Object list = items.get(LIST_TYPE);
        if (items.text("type").equals("array") && list != null && !list.equals("atomic")) {
            p.at(ITEMS).at(LIST_TYPE).invalid(list, why);
        } else if (items.text("type").equals("object") && !items.text(MAP_TYPE).equals("atomic")) {
            p.at(ITEMS).at(MAP_TYPE).invalid(list, why);
        }
    }

    /// Elements are told apart by their keys, or their values: there must be some.
    private static void elements(Struct s, Problems p) {
        String kind = s.text(LIST_TYPE);
        boolean known = kind.equals("set") || kind.equals("map");
        if (!known || !(s.get(ITEMS) instanceof Struct items)) {
            return;
        }
        if (items.flag("nullable")) {
            p.at(ITEMS).at("nullable").forbidden("cannot be nullable when " + LIST_TYPE + " is " + kind);
        }
        List<String> keys = kind.equals("map") ? s.seq(KEYS).texts() : List.of();
        Set<String> required = new HashSet<>(items.seq("required").texts());
        for (int i = 0; i < keys.size() && !p.full(); i++) {
            Problems at = p.at(ITEMS).at("properties").key(keys.get(i));
            if (items.struct("properties").get(keys.get(i)) instanceof Struct property) {
                if (!required.contains(keys.get(i)) && !property.has(DEFAULT)) {
                    at.at(DEFAULT).required(KEY + "must have a default or be a required property");
                }
                if (property.flag("nullable")) {
                    at.at("nullable").forbidden(KEY + "cannot be nullable");
                }
            }
        }
    }

    private static void keyed(Struct s, Problems p) {
        Seq keys = s.seq(KEYS);
        if (keys.isEmpty()) {
            p.at(KEYS).required("must not be empty" + KEYED);
        }
        Object all = s.get(ITEMS);
        if (all == null || all == Null.NULL) {
            p.at(ITEMS).required("must have a schema" + KEYED);
        } else if (!(all instanceof Struct items)) {
            p.at(ITEMS).invalid(all, "must only have a single schema" + KEYED);
        } else if (!items.text("type").equals("object")) {
            p.at(ITEMS).at("type").invalid(items.text("type"), "must be object if parent array's " + LIST_TYPE
                    + " is map");
        } else {
            keys(keys, items.struct("properties"), p);
        }
    }

    private static void keys(Seq keys, Struct properties, Problems p) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < keys.size() && !p.full(); i++) {
            String key = keys.text(i);
            if (!(properties.get(key) instanceof Struct property)) {
                p.at(KEYS).invalid(keys, "entries must all be names of item properties");
            } else if (List.of("array", "object").contains(property.text("type"))) {
                // upstream shows the type of the items
                p.at(ITEMS).at("properties").key(key).at("type").invalid("object",
                        "must be a scalar type if parent array's " + LIST_TYPE + " is map");
            }
            if (!seen.add(key)) {
                p.at(KEYS).invalid(keys, "must not contain duplicate entries");
            }
        }
    }
}
