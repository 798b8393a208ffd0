package io.k3j.workloadrules;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import org.jspecify.annotations.Nullable;

/// Rules of ControllerRevisions, which hold what a set of pods looked like once: it does not change.
final class RevisionRules implements KindRules {
    private static final String DATA = "data";

    @Override
    public void check(Write write, Struct o, Problems p) {
        if (write.operation() == Operation.UPDATE) {
            p.immutable(write.before().orElse(Struct.EMPTY), o, DATA);
        } else {
            data(o.get(DATA), p.at(DATA));
        }
        p.notNegative(o, "revision");
    }

    private static void data(@Nullable Object data, Problems p) {
        if (data == null || data == Null.NULL) {
            p.required("data is mandatory");
        } else if (!(data instanceof Struct)) {
            p.invalid(data, "data must be a valid JSON object");
        }
    }
}
