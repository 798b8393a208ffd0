package io.k3j.admissionpolicies;

import io.k3j.admissioncel.PerEngine;
import io.k3j.admissionmatching.MatchCriteria;
import io.k3j.celapi.Cel;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// A policy, ready to be compared with requests. Made once for each change of its spec; any thread.
/// @param <P> what its expressions are compiled to
/// @param ignoresFailure `failurePolicy: Ignore`
/// @param params the kind of parameters, null: it has none
/// @param broken what is wrong with it; it fails then for every request that its rules match
record Policy<P>(String name, Struct spec, boolean ignoresFailure, MatchCriteria match, @Nullable Gvk params,
        String broken, PerEngine<P> program) {
    /// A policy of an object.
    /// @param last what was made of its last state; kept where the spec has not changed, compiled expressions and all
    static <P> Policy<P> of(Obj object, @Nullable Policy<P> last, BiFunction<Cel, Struct, P> compiled) {
        Struct spec = object.tree().struct("spec");
        if (last != null && last.spec.equals(spec)) {
            return last;
        }
        MatchCriteria match = MatchCriteria.EVERYTHING;
        String broken = "";
        try {
            match = MatchCriteria.of(spec.struct("matchConstraints"));
        } catch (IllegalArgumentException e) {
            broken = String.valueOf(e.getMessage());
        }
        Struct kind = spec.struct("paramKind");
        return new Policy<>(object.name(), spec, spec.text("failurePolicy").equals("Ignore"), match,
                kind.isEmpty() ? null : Gvk.of(kind.text("apiVersion"), kind.text("kind")), broken,
                new PerEngine<>(cel -> compiled.apply(cel, spec)));
    }
}
