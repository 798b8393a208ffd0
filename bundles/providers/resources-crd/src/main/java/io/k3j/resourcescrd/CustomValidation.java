package io.k3j.resourcescrd;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import io.k3j.schema.Validation;
import io.k3j.schema.Violation;
import io.k3j.validation.MetadataRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Validates a custom resource: its metadata, its structure by the schema, then the rules of the schema, unless the
/// structure is such that they could not be trusted. What was wrong before and has not changed is not refused. Any
/// thread.
final class CustomValidation {
    /// What keeps rules from being evaluated: upstream's `hasBlockingErr`.
    private static final Set<String> BLOCKING = Set.of("FieldValueNotSupported", "FieldValueRequired",
            "FieldValueTooLong", "FieldValueTooMany", "FieldValueTypeInvalid");
    private static final FieldProblem NOT_CHECKED = new FieldProblem(RulePlace.ROOT, "FieldValueInvalid",
            "Invalid value: null: some validation rules were not checked because the object was invalid; correct the"
                    + " existing errors to complete validation");
    private final RuleEngine engine;

    CustomValidation(RuleEngine engine) {
        this.engine = engine;
    }

    /// All problems.
    ///
    /// @param rules null when the version is not served any more
    /// @throws ApiFault 503 then, and while there is no engine: nothing is stored that rules have not seen
    List<FieldProblem> problems(Write write, Struct object, @Nullable VersionRules rules) {
        if (rules == null) {
            throw ApiFault
                    .unavailable("the definition of " + write.kind().gvr().qualified() + " has just changed or was"
                            + " removed; try again");
        }
        List<FieldProblem> all = new ArrayList<>(MetadataRules.problems(write, object, Names::subdomain));
        violations(write, object).forEach(v -> all.add(new FieldProblem(v.field(), v.reason(), v.message())));
        if (rules.any()) {
            if (all.stream().anyMatch(p -> BLOCKING.contains(p.type()))) {
                all.add(NOT_CHECKED);
            } else {
                RuleNode compiled = rules.by(engine, "validation rules of " + write.kind().gvr().qualified()
                        + " cannot be evaluated");
                long begun = engine.nanos().getAsLong();
                all.addAll(new RuleWalk(write.context()::warn, engine.after(RuleEngine.EVALUATING)).check(compiled,
                        object, write.before().orElse(null)));
                engine.metrics().evaluated(begun);
            }
        }
        return all;
    }

    /// A write of the status is judged by what the schema says of the status.
    private static List<Violation> violations(Write write, Struct object) {
        Shape shape = write.kind().shape();
        Struct before = write.before().orElse(null);
        if (!write.of("status")) {
            return before == null ? Validation.check(shape, object) : Validation.update(shape, before, object, "");
        }
        Shape status = shape.child("status");
        Object now = object.get("status");
        if (status == null || now == null) {
            return List.of();
        }
        Object was = before == null ? null : before.get("status");
        return was == null ? Validation.check(status, now, "status") : Validation.update(status, was, now, "status");
    }
}
