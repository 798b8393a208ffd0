package io.k3j.resourcescrd;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.schema.Structural;
import java.util.List;

/// Validates the rules of a schema when a definition is written, with upstream's messages. Any thread.
final class RuleProblems {
    private final Schemas schemas;
    private final RuleEngine engine;

    RuleProblems(Schemas schemas, RuleEngine engine) {
        this.schemas = schemas;
        this.engine = engine;
    }

    /// All problems.
    ///
    /// @param at the schema's place, as `spec.validation.openAPIV3Schema`
    /// @param structural whether the schema is: rules of one that is not are not compiled
    /// @throws io.k3j.clientapi.ApiFault 503 without an engine, where there is a rule to compile; 504 when it takes too
    ///     long
    List<FieldProblem> check(Struct schema, String at, boolean structural) {
        RuleProblemWalk walk = new RuleProblemWalk(() -> new RuleCompiler(
                engine.required("x-kubernetes-validations cannot be compiled").cel()),
                engine.after(RuleEngine.COMPILING), structural);
        return walk.check(schema, Structural.shape(schemas, schema), at);
    }
}
