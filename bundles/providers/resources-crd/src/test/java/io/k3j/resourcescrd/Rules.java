package io.k3j.resourcescrd;

import io.k3j.cel.CelService;
import io.k3j.celapi.Cel;
import io.k3j.schema.Schemas;
import java.util.function.Supplier;

/// The engine of rules, and tests without one.
final class Rules {
    private static final Cel ENGINE = new CelService();
    static final Supplier<Cel> CEL = () -> ENGINE;
    private static final Schemas SCHEMAS = new Schemas();

    private Rules() {
    }

    /// For definitions without rules, which never ask for the engine.
    static RuleProblems without() {
        return new RuleProblems(SCHEMAS, () -> null);
    }

    static RuleProblems with() {
        return new RuleProblems(SCHEMAS, CEL);
    }
}
