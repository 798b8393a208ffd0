package io.k3j.resourcescrd;

import io.k3j.celapi.Cel;
import io.k3j.schema.Shape;
import org.jspecify.annotations.Nullable;

/// The validation rules of one version of a definition, compiled when the first object is written and kept as long as
/// the version does not change. Another engine compiles them anew, so that the code of one that was swapped can go. Any
/// thread: the first who needs them compiles, others wait for him.
final class VersionRules {
    private final Shape shape;
    private final boolean any;
    private volatile @Nullable Made made;

    private record Made(Cel cel, RuleNode rules) {
    }

    VersionRules(Shape shape) {
        this.shape = shape;
        this.any = RuleCompiler.any(shape);
    }

    /// Whether there are any: without, the engine is not asked for, and so not loaded.
    boolean any() {
        return any;
    }

    /// Those that an engine has made.
    RuleNode by(Cel cel) {
        Made now = made;
        return now != null && now.cel == cel ? now.rules : make(cel);
    }

    private synchronized RuleNode make(Cel cel) {
        Made now = made;
        if (now != null && now.cel == cel) {
            return now.rules;
        }
        RuleNode rules = new RuleCompiler(cel).all(shape);
        made = new Made(cel, rules);
        return rules;
    }
}
