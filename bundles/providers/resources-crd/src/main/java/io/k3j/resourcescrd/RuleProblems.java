package io.k3j.resourcescrd;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.celapi.Cel;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.schema.Structural;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Validates the rules of a schema when a definition is written, with upstream's messages. Any thread.
final class RuleProblems {
    private final Schemas schemas;
    private final Supplier<@Nullable Cel> cel;

    /// @param cel null while there is none
    RuleProblems(Schemas schemas, Supplier<@Nullable Cel> cel) {
        this.schemas = schemas;
        this.cel = cel;
    }

    /// All problems.
    ///
    /// @param at the schema's place, as `spec.validation.openAPIV3Schema`
    /// @param structural whether the schema is: rules of one that is not are not compiled
    List<FieldProblem> check(Struct schema, String at, boolean structural) {
        RuleProblemWalk walk = new RuleProblemWalk(this::compiler, structural);
        return walk.check(schema, Structural.shape(schemas, schema), at);
    }

    /// Fails closed.
    private RuleCompiler compiler() {
        Cel engine = cel.get();
        if (engine == null) {
            throw ApiFault.unavailable("x-kubernetes-validations cannot be compiled: the bundle io.k3j.cel is being"
                    + " replaced or was switched off; try again");
        }
        return new RuleCompiler(engine);
    }
}
