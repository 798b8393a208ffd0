package io.k3j.resourcescrd;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.SchemaNodes;
import io.k3j.schema.Structural;
import io.k3j.schema.Violation;
import io.k3j.validation.DeprecationTexts;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Validates the versions of a definition, with upstream's messages. What all of them have in common is told of the
/// definition itself, where upstream keeps it. For one definition and one thread.
final class VersionProblems {
    private static final String OPEN_API = "openAPIV3Schema";
    private static final String VERSIONS = "versions";
    private static final String SCHEMA = "schema";
    private static final String SUBRESOURCES = "subresources";
    private static final String COLUMNS = "additionalPrinterColumns";
    private static final String SELECTABLE = "selectableFields";
    private static final String PRESERVE = "preserveUnknownFields";
    private static final List<String> TYPES = List.of("boolean", "date", "integer", "number", "string");
    private static final List<String> FORMATS = List.of("byte", "date", "date-time", "double", "float", "int32",
            "int64", "password");
    private final Struct before;
    private final Struct spec;
    private final RuleProblems rules;
    private final SchemaKeywords keywords;
    private final Seq versions;
    private final Set<String> common;
    private final boolean pruned;

    /// @param before the spec that is replaced, empty on creation
    VersionProblems(Struct before, Struct spec, RuleProblems rules) {
        this.before = before;
        this.spec = spec;
        this.rules = rules;
        this.keywords = new SchemaKeywords(before);
        this.versions = spec.seq(VERSIONS);
        this.common = common(spec.seq(VERSIONS));
        this.pruned = rules.pruned(before.seq(VERSIONS));
    }

    /// The fields of which all say the same. What can be selected is a matter of the schema.
    private static Set<String> common(Seq versions) {
        return Stream.of(SCHEMA, SUBRESOURCES, COLUMNS, SELECTABLE)
                .filter(field -> same(versions, field) && (!field.equals(SELECTABLE) || same(versions, SCHEMA)))
                .collect(Collectors.toSet());
    }

    private static boolean same(Seq versions, String field) {
        return versions.structs().stream().map(v -> Objects.requireNonNullElse(v.get(field), Seq.EMPTY)).distinct()
                .count() == 1;
    }

    /// What is wrong with each.
    ///
    /// @param p the place of the spec
    void each(Problems p) {
        schemas(p);
        if (spec.flag(PRESERVE) && SchemaNodes.anyOf(spec, s -> s.has("default"))) {
            p.at(PRESERVE).invalid(true, "must be false in order to use defaults in the schema");
        }
        for (int i = 0; i < versions.size() && !p.full(); i++) {
            Struct version = versions.struct(i);
            Problems at = p.at(VERSIONS, i);
            List<String> wrong = Names.label1035(version.text("name"));
            if (!wrong.isEmpty()) {
                at.at("name").invalid(version.text("name"), String.join(",", wrong));
            }
            DeprecationTexts.check(version, at);
            parts(version, false, at);
        }
    }

    /// What is wrong with what they have in common.
    ///
    /// @param p the place of the spec
    void together(Problems p) {
        if (!versions.isEmpty()) {
            parts(versions.struct(0), true, p);
        }
    }

    private void parts(Struct version, boolean together, Problems p) {
        if (common.contains(SCHEMA) == together && version.struct(SCHEMA).get(OPEN_API) instanceof Struct schema) {
            boolean status = together ? versions.structs().stream().anyMatch(VersionProblems::status)
                    : status(version);
            schema(version, schema, status, p.at(together ? "validation" : SCHEMA).at(OPEN_API));
        }
        if (common.contains(SUBRESOURCES) == together
                && version.struct(SUBRESOURCES).get("scale") instanceof Struct scale) {
            scale(scale, p.at(SUBRESOURCES));
        }
        Seq columns = common.contains(COLUMNS) == together ? version.seq(COLUMNS) : Seq.EMPTY;
        for (int i = 0; i < columns.size() && !p.full(); i++) {
            column(columns.struct(i), p.at(COLUMNS, i));
        }
        if (common.contains(SELECTABLE) == together && !version.seq(SELECTABLE).isEmpty()) {
            selectable(version, together, p);
        }
    }

    private static boolean status(Struct version) {
        return version.struct(SUBRESOURCES).get("status") instanceof Struct;
    }

    /// A version is without a schema only where one was before.
    private void schemas(Problems p) {
        boolean all = before.seq(VERSIONS).structs().stream().allMatch(v -> v.struct(SCHEMA).has(OPEN_API));
        for (int i = 0; i < versions.size() && !p.full(); i++) {
            Struct version = versions.struct(i);
            boolean missing = !version.struct(SCHEMA).has(OPEN_API);
            Problems at = p.at(VERSIONS, i).at(SCHEMA).at(OPEN_API);
            if (missing && all) {
                at.required("");
            } else if (missing && version.flag("served") && !spec.flag(PRESERVE)) {
                at.required("because otherwise all fields are pruned");
            }
        }
    }

    private void schema(Struct version, Struct schema, boolean status, Problems p) {
        SchemaRoot.check(schema, status, p);
        Optional<FieldProblem> broken = SchemaBounds.broken(schema, p.path());
        if (broken.isPresent()) {
            p.add(broken.get());
            return;
        }
        boolean asked = structural();
        List<Violation> structural = asked ? Structural.check(schema, p.path()) : List.of();
        structural.forEach(v -> p.add(new FieldProblem(v.field(), v.reason(), v.message())));
        int known = p.found().size();
        keywords.check(schema, p);
        boolean sound = asked && structural.isEmpty() && p.found().size() == known && !p.full();
        if (sound && SchemaNodes.any(schema, s -> !s.text("$schema").isEmpty())) {
            p.invalid("", "OpenAPIV3Schema 'schema' is not supported");
            sound = false;
        }
        // as it was: its rules have been accepted
        if (!schema.equals(old(version).struct(SCHEMA).struct(OPEN_API))) {
            p.addAll(rules.check(schema, p.path(), sound, pruned));
        }
    }

    /// Whether schemas must be structural. Of a definition that keeps unknown fields, those that were not may stay so.
    private boolean structural() {
        return !spec.flag(PRESERVE) || before.seq(VERSIONS).structs().stream().map(v -> v.struct(SCHEMA))
                .filter(s -> s.has(OPEN_API)).allMatch(s -> Structural.check(s.struct(OPEN_API), "").isEmpty());
    }

    private Struct old(Struct version) {
        return before.seq(VERSIONS).find("name", version.text("name"));
    }

    private static void scale(Struct scale, Problems p) {
        for (String root : List.of("spec", "status")) {
            String path = scale.text(root + "ReplicasPath");
            Problems at = p.at("scale." + root + "ReplicasPath");
            if (path.isEmpty()) {
                at.required("");
            } else if (simple(path, at) && !path.startsWith("." + root + ".")) {
                at.invalid(path, "should be a json path under ." + root);
            }
        }
        String selector = scale.text("labelSelectorPath");
        Problems at = p.at("scale.labelSelectorPath");
        if (!selector.isEmpty() && simple(selector, at) && !selector.startsWith(".spec.")
                && !selector.startsWith(".status.")) {
            at.invalid(selector, "should be a json path under either .spec or .status");
        }
    }

    private static boolean simple(String path, Problems p) {
        boolean dot = path.charAt(0) == '.';
        if (!dot) {
            p.invalid(path, "must be a simple json path starting with .");
        }
        return dot;
    }

    private static void column(Struct column, Problems p) {
        p.present(column, "name");
        String types = "must be one of " + String.join(",", TYPES);
        if (column.text("type").isEmpty()) {
            p.at("type").required(types);
        } else if (!TYPES.contains(column.text("type"))) {
            p.at("type").invalid(column.text("type"), types);
        }
        String format = column.text("format");
        if (!format.isEmpty() && !FORMATS.contains(format)) {
            p.at("format").invalid(format, "must be one of " + String.join(",", FORMATS));
        }
        String path = column.text("jsonPath");
        Problems at = p.at("JSONPath");
        if (path.isEmpty()) {
            at.required("");
        } else {
            simple(path, at); // of what cannot be followed, the cells are empty
        }
    }

    private void selectable(Struct version, boolean together, Problems p) {
        if (version.struct(SCHEMA).get(OPEN_API) instanceof Struct schema) {
            Seq fields = version.seq(SELECTABLE);
            SelectableFieldRules.check(fields, schema, fields.equals(old(version).seq(SELECTABLE)), p);
        } else {
            p.at(SELECTABLE).invalid("", together ? "may only be set when validations.schema is included"
                    : "may only be set when `version.schema.openAPIV3Schema` is not included");
        }
    }
}
