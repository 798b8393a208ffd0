package io.k3j.resourcescrd;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Structural;
import io.k3j.schema.Violation;
import io.k3j.validation.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Validates a definition, with upstream's messages. Pure; for one thread.
final class DefinitionProblems {
    private static final String SCHEMA = "openAPIV3Schema";
    /// Its objects would lie among records that nobody else may read.
    private static final String OWN = "k3j.io";
    private static final Set<String> TYPES = Set.of("boolean", "date", "integer", "number", "string");
    private final Struct before;
    private final Struct object;
    private final Struct spec;
    private final RuleProblems rules;
    private final List<FieldProblem> found = new ArrayList<>();

    /// @param before the old definition, empty on creation
    DefinitionProblems(Struct before, Struct object, RuleProblems rules) {
        this.rules = rules;
        this.before = before;
        this.object = object;
        this.spec = object.struct("spec");
    }

    /// All problems, in order.
    List<FieldProblem> all() {
        group();
        names();
        if (required("spec.scope", spec.text("scope")) && !Set.of("Cluster", "Namespaced").contains(spec.text(
                "scope"))) {
            found.add(FieldProblem.unsupported("spec.scope", spec.text("scope"), "\"Cluster\", \"Namespaced\""));
        }
        versions();
        Problems problems = Problems.none();
        new ConversionRules(before, spec, problems).check();
        found.addAll(problems.found());
        if (spec.flag("preserveUnknownFields")) {
            found.add(FieldProblem.invalid("spec.preserveUnknownFields", true, "must be false in order to use defaults"
                    + " and structural schemas"));
        }
        update();
        return found;
    }

    private boolean required(String field, String value) {
        if (value.isEmpty()) {
            found.add(FieldProblem.required(field, ""));
        }
        return !value.isEmpty();
    }

    private void group() {
        String group = spec.text("group");
        if (required("spec.group", group)) {
            Names.subdomain(group).forEach(w -> found.add(FieldProblem.invalid("spec.group", group, w)));
            if (group.indexOf('.') < 0) {
                found.add(FieldProblem.invalid("spec.group", group, "should be a domain with at least one dot"));
            }
            if (group.equals(OWN) && before.isEmpty()) {
                found.add(FieldProblem.forbidden("spec.group", "the API server keeps its own records there"));
            }
        }
        String wanted = spec.struct("names").text("plural") + "." + group;
        String name = object.struct("metadata").text("name");
        if (!name.equals(wanted)) {
            found.add(FieldProblem.invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
        }
        approval(group);
    }

    /// What was stored as it is may stay so.
    private void approval(String group) {
        ApiApproval approval = ApiApproval.of(object);
        boolean same = !before.isEmpty() && ApiApproval.of(before).state() == approval.state();
        if (!ApiApproval.guards(group) || same) {
            return;
        }
        String field = "metadata.annotations[" + ApiApproval.ANNOTATION + "]";
        if (approval.state() == ApiApproval.State.MISSING) {
            found.add(FieldProblem.required(field, approval.message()));
        } else if (approval.state() == ApiApproval.State.INVALID) {
            found.add(FieldProblem.invalid(field, object.struct("metadata").struct("annotations")
                    .text(ApiApproval.ANNOTATION), approval.message()));
        }
    }

    private void names() {
        Struct names = spec.struct("names");
        for (String field : List.of("plural", "singular", "kind", "listKind")) {
            String value = names.text(field);
            if (required("spec.names." + field, value)) {
                Names.label1035(value.toLowerCase(Locale.ROOT)).forEach(
                        w -> found.add(FieldProblem.invalid("spec.names." + field, value, w)));
            }
        }
        if (!names.text("kind").isEmpty() && names.text("kind").equals(names.text("listKind"))) {
            found.add(FieldProblem.invalid("spec.names.listKind", names.text("listKind"),
                    "kind and listKind may not be the same"));
        }
        for (String list : List.of("shortNames", "categories")) {
            Seq all = names.seq(list);
            for (int i = 0; i < all.size(); i++) {
                String path = "spec.names." + list + "[" + i + "]";
                String value = all.text(i);
                Names.label1035(value).forEach(w -> found.add(FieldProblem.invalid(path, value, w)));
            }
        }
    }

    private void versions() {
        Seq versions = spec.seq("versions");
        Set<String> seen = new HashSet<>();
        int stored = 0;
        boolean common = versions.structs().stream().map(v -> v.struct("schema")).distinct().count() == 1
                && versions.struct(0).struct("schema").has(SCHEMA);
        for (int i = 0; i < versions.size(); i++) {
            Struct version = versions.struct(i);
            String path = "spec.versions[" + i + "]";
            String name = version.text("name");
            Names.label1035(name).forEach(w -> found.add(FieldProblem.invalid(path + ".name", name, w)));
            if (!seen.add(name)) {
                found.add(FieldProblem.invalid("spec.versions", versions, "must contain unique version names"));
            }
            stored += version.flag("storage") ? 1 : 0;
            if (i == 0 || !common) {
                schema(version, common ? "spec.validation" : path + ".schema");
            }
            version(version, path);
        }
        if (stored != 1) {
            found.add(FieldProblem.invalid("spec.versions", versions,
                    "must have exactly one version marked as storage version"));
        }
        stored(seen);
    }

    /// What is stored must remain readable.
    ///
    /// @param seen the names of all versions
    private void stored(Set<String> seen) {
        Seq kept = object.struct("status").seq("storedVersions");
        String storage = Definition.storageVersion(spec);
        if (!before.isEmpty() && kept.isEmpty()) {
            found.add(FieldProblem.invalid("status.storedVersions", kept, "must have at least one stored version"));
        } else if (!before.isEmpty() && !storage.isEmpty() && !kept.contains(storage)) {
            found.add(FieldProblem.invalid("status.storedVersions", kept, "must have the storage version " + storage));
        }
        for (int i = 0; i < kept.size() && !before.isEmpty(); i++) {
            if (!seen.contains(kept.text(i))) {
                found.add(FieldProblem.invalid("status.storedVersions[" + i + "]", kept.text(i),
                        "missing from spec.versions; " + kept.text(i) + " was previously a storage version, and must"
                                + " remain in spec.versions until a storage migration ensures no data remains persisted"
                                + " in " + kept.text(i) + " and removes " + kept.text(i)
                                + " from status.storedVersions"));
            }
        }
    }

    /// Upstream knows a schema that all versions have in common as `spec.validation`, and says so.
    private void schema(Struct version, String path) {
        Struct schema = version.struct("schema").struct(SCHEMA);
        String at = path + "." + SCHEMA;
        if (!version.struct("schema").has(SCHEMA)) {
            found.add(FieldProblem.required(at, "schemas are required"));
            return;
        }
        Optional<FieldProblem> broken = SchemaBounds.broken(schema, at);
        broken.ifPresent(found::add);
        if (broken.isEmpty()) {
            List<Violation> structural = Structural.check(schema, at);
            structural.forEach(v -> found.add(new FieldProblem(v.field(), v.reason(), v.message())));
            if (!schema.equals(old(version.text("name")))) {
                found.addAll(rules.check(schema, at, structural.isEmpty()));
            }
        }
    }

    /// The schema of a version as it was: its rules have been accepted.
    private Struct old(String version) {
        return before.struct("spec").seq("versions").find("name", version).struct("schema").struct(SCHEMA);
    }

    private void version(Struct version, String path) {
        Seq columns = version.seq("additionalPrinterColumns");
        for (int i = 0; i < columns.size(); i++) {
            column(columns.struct(i), path + ".additionalPrinterColumns[" + i + "]");
        }
        Struct scale = version.struct("subresources").struct("scale");
        if (!scale.isEmpty()) {
            inside(path + ".subresources.scale.specReplicasPath", scale.text("specReplicasPath"), ".spec");
            inside(path + ".subresources.scale.statusReplicasPath", scale.text("statusReplicasPath"), ".status");
        }
        Problems problems = Problems.none();
        SelectableFieldRules.check(version.seq("selectableFields"), version.struct("schema").struct(SCHEMA),
                problems.at(path));
        found.addAll(problems.found());
    }

    private void inside(String field, String path, String root) {
        if (required(field, path) && !path.startsWith(root + ".")) {
            found.add(FieldProblem.invalid(field, path, "should be a json path under " + root));
        }
    }

    private void column(Struct column, String path) {
        required(path + ".name", column.text("name"));
        if (required(path + ".type", column.text("type")) && !TYPES.contains(column.text("type"))) {
            found.add(FieldProblem.unsupported(path + ".type", column.text("type"),
                    "\"boolean\", \"date\", \"integer\", \"number\", \"string\""));
        }
        if (required(path + ".jsonPath", column.text("jsonPath"))) {
            try {
                JsonPath.parse(column.text("jsonPath"));
            } catch (IllegalArgumentException e) {
                found.add(FieldProblem.invalid(path + ".jsonPath", column.text("jsonPath"),
                        "illegal JSONPath: " + e.getMessage()));
            }
        }
    }

    private void update() {
        if (before.isEmpty()) {
            return;
        }
        Struct old = before.struct("spec");
        boolean established = before.struct("status").seq("conditions").find("type", "Established").text("status")
                .equals("True");
        for (String field : List.of("group", "scope")) {
            if (!old.text(field).equals(spec.text(field)) && (established || field.equals("group"))) {
                found.add(FieldProblem.invalid("spec." + field, spec.text(field), "field is immutable"));
            }
        }
        for (String field : List.of("plural", "kind")) {
            String value = spec.struct("names").text(field);
            if (!old.struct("names").text(field).equals(value) && (established || field.equals("plural"))) {
                found.add(FieldProblem.invalid("spec.names." + field, value, "field is immutable"));
            }
        }
    }
}
