package io.k3j.resourcescrd;

import io.k3j.admissioncel.PerEngine;
import io.k3j.schema.Shape;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The validation rules of one version of a definition, compiled when the first object is written and kept as long as
/// the version does not change and the engine is bound. What does not compile is kept as well: it is not tried again.
///
/// Any thread. Whoever comes while rules are compiled waits, holding a seat: for one compilation in the end, since each
/// goes on where the last one stopped ([RuleEngine#COMPILING]) and a schema has a bounded number of rules.
final class VersionRules {
    /// Of a version without rules: the engine is not asked for, and so not loaded.
    static final VersionRules NONE = new VersionRules(null);
    private final @Nullable PerEngine<Compilation> compiled;

    private VersionRules(@Nullable PerEngine<Compilation> compiled) {
        this.compiled = compiled;
    }

    /// The rules of a schema.
    static VersionRules of(Shape shape) {
        return RuleCompiler.any(shape)
                ? new VersionRules(new PerEngine<>(cel -> new Compilation(new RuleCompiler(cel), shape)))
                : NONE;
    }

    /// Rules by one engine.
    private static final class Compilation {
        private final Shape shape;
        private @Nullable RuleCompiler compiler;
        private volatile @Nullable RuleNode done;

        Compilation(RuleCompiler compiler, Shape shape) {
            this.compiler = compiler;
            this.shape = shape;
        }

        RuleNode all(RuleEngine engine) {
            RuleNode known = done;
            return known != null ? known : compiled(engine);
        }

        private synchronized RuleNode compiled(RuleEngine engine) {
            RuleNode known = done;
            if (known == null) {
                long begun = engine.nanos().getAsLong();
                known = Objects.requireNonNull(compiler).all(shape, engine.after(RuleEngine.COMPILING));
                engine.metrics().compiled(begun);
                done = known;
                compiler = null;
            }
            return known;
        }
    }

    /// Whether there are any.
    boolean any() {
        return compiled != null;
    }

    /// Those that the engine has made.
    ///
    /// @param what cannot be done without an engine
    /// @throws io.k3j.clientapi.ApiFault 503 without an engine, 504 when compiling takes too long for one request
    RuleNode by(RuleEngine engine, String what) {
        if (compiled == null) {
            throw new IllegalStateException("a version without rules");
        }
        return compiled.by(engine.required(what)).all(engine);
    }
}
