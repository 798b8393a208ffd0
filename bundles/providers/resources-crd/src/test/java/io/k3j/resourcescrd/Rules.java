package io.k3j.resourcescrd;

import io.k3j.admissioncel.BoundEngine;
import io.k3j.cel.CelService;
import io.k3j.metricstext.CustomResourceMetrics;
import io.k3j.schema.Schemas;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The engine of rules, and tests without one. However slow the machine is, costs are what ends rules.
final class Rules {
    static final BoundEngine BOUND = new BoundEngine(new CelService(() -> 0));
    static final RuleEngine ENGINE = engine(() -> BOUND, () -> 0);
    static final RuleEngine NONE = engine(() -> null, System::nanoTime);
    private static final Schemas SCHEMAS = new Schemas();

    private Rules() {
    }

    static RuleEngine engine(Supplier<@Nullable BoundEngine> bound, LongSupplier nanos) {
        return new RuleEngine(bound, nanos, new CustomResourceMetrics(nanos));
    }

    /// For definitions without rules, which never ask for the engine.
    static RuleProblems without() {
        return new RuleProblems(SCHEMAS, NONE);
    }

    static RuleProblems with() {
        return new RuleProblems(SCHEMAS, ENGINE);
    }
}
