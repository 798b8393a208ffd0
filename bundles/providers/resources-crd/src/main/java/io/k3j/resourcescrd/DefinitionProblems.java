package io.k3j.resourcescrd;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Validates a definition, with upstream's messages in upstream's order. Pure; for one thread.
final class DefinitionProblems {
    /// Its objects would lie among records that nobody else may read.
    private static final String OWN = "k3j.io";
    private static final String NAMES = "names";
    private static final String PRESERVE = "preserveUnknownFields";
    private final Struct before;
    private final Struct object;
    private final Struct spec;
    private final RuleProblems rules;
    private final Problems problems = Problems.none();
    private final Problems at = problems.at("spec");

    /// @param before the old definition, empty on creation
    DefinitionProblems(Struct before, Struct object, RuleProblems rules) {
        this.rules = rules;
        this.before = before;
        this.object = object;
        this.spec = object.struct("spec");
    }

    /// All problems, in order.
    List<FieldProblem> all() {
        String group = spec.text("group");
        String name = object.struct("metadata").text("name");
        if (!name.equals(spec.struct(NAMES).text("plural") + "." + group)) {
            problems.at("metadata").at("name").invalid(name, "must be spec.names.plural+\".\"+spec.group");
        }
        group(group);
        at.requiredOneOf(spec, "scope", List.of("Cluster", "Namespaced"));
        VersionProblems versions = new VersionProblems(before.struct("spec"), spec, rules);
        versions.each(at);
        versions();
        for (String field : List.of("plural", "singular", "kind", "listKind")) {
            at.at(NAMES).present(spec.struct(NAMES), field);
        }
        names(spec.struct(NAMES), at.at(NAMES));
        versions.together(at);
        String strategy = spec.struct("conversion").text("strategy");
        if (spec.flag(PRESERVE) && spec.has("conversion") && !strategy.equals("None")) {
            at.at("conversion").at("strategy").invalid(strategy, "must be None if spec.preserveUnknownFields is true");
        }
        new ConversionRules(before, spec, problems).check();
        update();
        status();
        approval(group);
        if (spec.flag(PRESERVE) && !before.struct("spec").flag(PRESERVE)) {
            at.at(PRESERVE).invalid(true, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in"
                    + " spec.versions[*].schema instead");
        }
        return problems.found();
    }

    /// Problems of a write to `/status`, by which nobody asks for anything.
    static List<FieldProblem> ofStatus(Struct object) {
        Problems problems = Problems.none();
        names(object.struct("status").struct("acceptedNames"), problems.at("status.acceptedNames"));
        return problems.found();
    }

    private void group(String group) {
        if (at.present(spec, "group")) {
            List<String> wrong = Names.subdomain(group);
            if (!wrong.isEmpty()) {
                at.at("group").invalid(group, String.join(",", wrong));
            } else if (group.indexOf('.') < 0) {
                at.at("group").invalid(group, "should be a domain with at least one dot");
            }
            if (group.equals(OWN) && before.isEmpty()) {
                at.at("group").forbidden("the API server keeps its own records there");
            }
        }
    }

    /// What was stored as it is may stay so.
    private void approval(String group) {
        ApiApproval approval = ApiApproval.of(object);
        boolean same = !before.isEmpty() && ApiApproval.of(before).state() == approval.state();
        if (!ApiApproval.guards(group) || same) {
            return;
        }
        Problems p = problems.at("metadata.annotations").key(ApiApproval.ANNOTATION);
        if (approval.state() == ApiApproval.State.MISSING) {
            p.required(approval.message());
        } else if (approval.state() == ApiApproval.State.INVALID) {
            p.invalid(object.struct("metadata").struct("annotations").text(ApiApproval.ANNOTATION),
                    approval.message());
        }
    }

    /// Checks the names that there are.
    private static void names(Struct names, Problems p) {
        for (String field : List.of("plural", "singular")) {
            label(names.text(field), names.text(field), "", p.at(field));
        }
        for (String field : List.of("kind", "listKind")) {
            label(names.text(field), names.text(field).toLowerCase(Locale.ROOT),
                    "may have mixed case, but should otherwise match: ", p.at(field));
        }
        labels(names.seq("shortNames"), "shortNames", p);
        if (!names.text("kind").isEmpty() && names.text("kind").equals(names.text("listKind"))) {
            p.at("listKind").invalid(names.text("listKind"), "kind and listKind may not be the same");
        }
        labels(names.seq("categories"), "categories", p);
    }

    private static void labels(Seq all, String field, Problems p) {
        for (int i = 0; i < all.size() && !p.full(); i++) {
            List<String> wrong = Names.label1035(all.text(i));
            if (!wrong.isEmpty()) {
                p.at(field, i).invalid(all.text(i), String.join(",", wrong));
            }
        }
    }

    private static void label(String value, String label, String before, Problems p) {
        List<String> wrong = Names.label1035(label);
        if (!value.isEmpty() && !wrong.isEmpty()) {
            p.invalid(value, before + String.join(",", wrong));
        }
    }

    private void versions() {
        Seq versions = spec.seq("versions");
        Set<String> seen = new HashSet<>();
        if (!versions.structs().stream().allMatch(v -> seen.add(v.text("name")))) {
            at.at("versions").invalid(versions, "must contain unique version names");
        }
        if (versions.structs().stream().filter(v -> v.flag("storage")).count() != 1) {
            at.at("versions").invalid(versions, "must have exactly one version marked as storage version");
        }
    }

    /// What is stored must remain readable.
    private void status() {
        names(object.struct("status").struct("acceptedNames"), problems.at("status.acceptedNames"));
        String storage = Definition.storageVersion(spec);
        Problems p = problems.at("status");
        Seq made = storage.isEmpty() ? Seq.EMPTY : Seq.of(storage);
        Seq kept = before.isEmpty() ? made : object.struct("status").seq("storedVersions");
        if (kept.isEmpty()) {
            p.at("storedVersions").invalid(kept, "must have at least one stored version");
            return;
        }
        Set<String> known = new HashSet<>();
        for (Struct version : spec.seq("versions").structs()) {
            String name = version.text("name");
            known.add(name);
            if (version.flag("storage") && !kept.contains(name)) {
                p.at("storedVersions").invalid(kept, "must have the storage version " + name);
            }
        }
        for (int i = 0; i < kept.size() && !p.full(); i++) {
            String name = kept.text(i);
            if (!known.contains(name)) {
                p.at("storedVersions", i).invalid(name, "missing from spec.versions; " + name
                        + " was previously a storage version, and must remain in spec.versions until a storage"
                        + " migration ensures no data remains persisted in " + name + " and removes " + name
                        + " from status.storedVersions");
            }
        }
    }

    private void update() {
        if (before.isEmpty()) {
            return;
        }
        Struct old = before.struct("spec");
        if (before.struct("status").seq("conditions").find("type", "Established").text("status").equals("True")) {
            at.immutable(old, spec, "scope");
            at.at(NAMES).immutable(old.struct(NAMES), spec.struct(NAMES), "kind");
        }
        at.immutable(old, spec, "group");
        at.at(NAMES).immutable(old.struct(NAMES), spec.struct(NAMES), "plural");
    }
}
