package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;

/// What a claim's volume is filled with, as kube-apiserver stores it: the same in `dataSource`, which tells of
/// snapshots and claims only, and in `dataSourceRef`. Pure.
final class ClaimSources {
    private static final String SOURCE = "dataSource";
    private static final String REFERENCE = "dataSourceRef";

    private ClaimSources() {
    }

    /// The specification with both, or neither.
    static Struct of(Write write, Struct spec) {
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        boolean keeps = write.operation() == Operation.UPDATE && (before.has(SOURCE) || before.has(REFERENCE));
        Struct known = keeps ? spec : known(spec);
        if (known.has(SOURCE) && !known.has(REFERENCE)) {
            return known.with(REFERENCE, known.struct(SOURCE));
        }
        boolean copied = known.has(REFERENCE) && !known.has(SOURCE)
                && known.struct(REFERENCE).text("namespace").isEmpty();
        return copied ? known.with(SOURCE, known.struct(REFERENCE).without("namespace")) : known;
    }

    /// Without a source that means nothing, and without one in another namespace, which nothing here may use.
    private static Struct known(Struct spec) {
        Struct s = spec.struct(REFERENCE).text("namespace").isEmpty() ? spec : spec.without(REFERENCE).without(SOURCE);
        return s.has(REFERENCE) || means(s.struct(SOURCE)) ? s : s.without(SOURCE);
    }

    private static boolean means(Struct source) {
        return source.text("apiGroup").isEmpty() && source.text("kind").equals("PersistentVolumeClaim")
                || source.text("apiGroup").equals("snapshot.storage.k8s.io")
                        && source.text("kind").equals("VolumeSnapshot");
    }
}
