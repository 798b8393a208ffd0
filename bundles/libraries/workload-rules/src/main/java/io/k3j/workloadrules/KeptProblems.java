package io.k3j.workloadrules;

import io.k3j.validation.Problems;
import java.util.function.Consumer;

/// What is wrong with an object that is there already: what was wrong before stays allowed, as another release may have
/// taken it, and the object must still be told of and lose its finalizers. Pure.
final class KeptProblems {
    private KeptProblems() {
    }

    /// Adds what a rule finds now and did not find before. An object with nothing wrong is looked at once.
    ///
    /// @param p the object's root
    /// @param now applies the rule to the object as it would be
    /// @param before applies it to the object as it was
    static void check(Problems p, Consumer<Problems> now, Consumer<Problems> before) {
        Problems found = Problems.none();
        now.accept(found);
        if (found.count() == 0) {
            return;
        }
        Problems known = Problems.none();
        before.accept(known);
        found.found().stream().filter(problem -> !known.found().contains(problem)).forEach(p::add);
    }
}
