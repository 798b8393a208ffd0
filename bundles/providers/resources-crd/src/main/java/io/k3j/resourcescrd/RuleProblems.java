package io.k3j.resourcescrd;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Pruning;
import io.k3j.schema.SchemaNodes;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import io.k3j.schema.Structural;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Validates the rules and the default values of a schema when a definition is written, with upstream's messages. Any
/// thread.
final class RuleProblems {
    private final Schemas schemas;
    private final RuleEngine engine;

    RuleProblems(Schemas schemas, RuleEngine engine) {
        this.schemas = schemas;
        this.engine = engine;
    }

    /// Whether defaults must know all of their fields: not those of a definition that is stored with some that do not,
    /// in whatever version. Upstream's `requirePrunedDefaults`; what is unknown is never filled in.
    ///
    /// @param versions as they are stored
    boolean pruned(Seq versions) {
        return versions.structs().stream().map(v -> v.struct("schema").struct("openAPIV3Schema"))
                .filter(s -> SchemaNodes.any(s, n -> n.has("default")) && SchemaBounds.broken(s, "").isEmpty()
                        && Structural.check(s, "").isEmpty())
                .allMatch(s -> Pruning.knowsDefaults(Structural.shape(schemas, s)));
    }

    /// All problems.
    ///
    /// @param at the schema's place, as `spec.validation.openAPIV3Schema`
    /// @param structural whether the schema is: rules of one that is not are not compiled
    /// @param pruned as [#pruned]
    /// @throws io.k3j.clientapi.ApiFault 503 without an engine, where there is a rule to compile; 504 when it takes too
    ///     long
    List<FieldProblem> check(Struct schema, String at, boolean structural, boolean pruned) {
        Shape shape = Structural.shape(schemas, schema);
        Compiler compiler = new Compiler();
        BooleanSupplier over = engine.after(RuleEngine.COMPILING);
        List<FieldProblem> all = new ArrayList<>(new RuleProblemWalk(compiler, over, structural)
                .check(schema, shape, at));
        if (structural) {
            RuleWalk walk = new RuleWalk(_ -> {
                // nothing was there before that could be kept with a warning
            }, engine.after(RuleEngine.EVALUATING));
            DefaultProblems.Judge judge = (place, value, path) -> walk.standing(compiler.get().all(place, over), value,
                    path);
            all.addAll(new DefaultProblems(all.isEmpty() ? judge : null, pruned).check(schema, shape, at));
        }
        return all;
    }

    /// Made when it is asked for first: without rules no engine is needed.
    private final class Compiler implements Supplier<RuleCompiler> {
        private @Nullable RuleCompiler made;

        @Override
        public RuleCompiler get() {
            RuleCompiler known = made;
            if (known == null) {
                known = new RuleCompiler(engine.required("x-kubernetes-validations cannot be compiled").cel());
                made = known;
            }
            return known;
        }
    }
}
