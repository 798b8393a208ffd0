package io.k3j.resourcescrd;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.celapi.Cel;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import io.k3j.schema.Validation;
import io.k3j.schema.Violation;
import io.k3j.validation.MetadataRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
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
    private final Supplier<@Nullable Cel> cel;

    /// @param cel null while there is none
    CustomValidation(Supplier<@Nullable Cel> cel) {
        this.cel = cel;
    }

    /// All problems.
    ///
    /// @param rules null when the kind is not known any more
    List<FieldProblem> problems(Write write, Struct object, @Nullable VersionRules rules) {
        List<FieldProblem> all = new ArrayList<>(MetadataRules.problems(write, object, Names::subdomain));
        violations(write, object).forEach(v -> all.add(new FieldProblem(v.field(), v.reason(), v.message())));
        if (rules != null && rules.any()) {
            if (all.stream().anyMatch(p -> BLOCKING.contains(p.type()))) {
                all.add(NOT_CHECKED);
            } else {
                all.addAll(new RuleWalk(write.context()::warn).check(rules.by(engine(write)), object,
                        write.before().orElse(null)));
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

    /// Fails closed.
    private Cel engine(Write write) {
        Cel engine = cel.get();
        if (engine == null) {
            throw ApiFault.unavailable("validation rules of " + write.kind().gvr().qualified() + " cannot be evaluated:"
                    + " the bundle io.k3j.cel is being replaced or was switched off; try again");
        }
        return engine;
    }
}
