package io.k3j.resourcescrd;

import io.k3j.admissioncel.PerEngine;
import io.k3j.celapi.Cel;
import io.k3j.schema.Shape;

/// The validation rules of one version of a definition, compiled when the first object is written and kept as long as
/// the version does not change. Any thread.
final class VersionRules {
    private final boolean any;
    private final PerEngine<RuleNode> compiled;

    VersionRules(Shape shape) {
        this.any = RuleCompiler.any(shape);
        this.compiled = new PerEngine<>(cel -> new RuleCompiler(cel).all(shape));
    }

    /// Whether there are any: without, the engine is not asked for, and so not loaded.
    boolean any() {
        return any;
    }

    /// Those that an engine has made.
    RuleNode by(Cel cel) {
        return compiled.by(cel);
    }
}
